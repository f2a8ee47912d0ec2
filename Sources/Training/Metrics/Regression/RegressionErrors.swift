/// The mean of the squared differences; scikit-learn's `mean_squared_error`.
///
/// - Throws: ``MetricError`` for different counts or no rows.
public func meanSquaredError(predictions: [Double], references: [Double]) throws -> Double {
    try MetricError.check("mean_squared_error", predictions: predictions.count, references: references.count)
    return mean(zip(predictions, references).map { ($1 - $0) * ($1 - $0) })
}

/// The square root of `meanSquaredError(predictions:references:)`.
///
/// - Throws: ``MetricError`` for different counts or no rows.
public func rootMeanSquaredError(predictions: [Double], references: [Double]) throws -> Double {
    try meanSquaredError(predictions: predictions, references: references).squareRoot()
}

/// The mean of the differences without their signs; scikit-learn's `mean_absolute_error`.
///
/// - Throws: ``MetricError`` for different counts or no rows.
public func meanAbsoluteError(predictions: [Double], references: [Double]) throws -> Double {
    try MetricError.check("mean_absolute_error", predictions: predictions.count, references: references.count)
    return mean(zip(predictions, references).map { abs($1 - $0) })
}

/// The share of the references' variance that the predictions explain; scikit-learn's `r2_score`: 1 is perfect, 0 is as
/// good as the mean, and it can be negative.
///
/// - Returns: NaN for one row. Where all references are equal, 1 if the predictions are right, 0 otherwise.
/// - Throws: ``MetricError`` for different counts or no rows.
public func r2Score(predictions: [Double], references: [Double]) throws -> Double {
    try MetricError.check("r2", predictions: predictions.count, references: references.count)
    guard references.count > 1 else { return .nan }
    let center = mean(references)
    let left = zip(predictions, references).reduce(0.0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
    let whole = references.reduce(0.0) { $0 + ($1 - center) * ($1 - center) }
    if whole == 0 { return left == 0 ? 1 : 0 }
    return 1 - left / whole
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
