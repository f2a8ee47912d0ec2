// Metrics of numbers from tensors of as many elements.

/// The mean of the squared differences; see `meanSquaredError(predictions:references:)`.
public func meanSquaredError(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.doubles("mean_squared_error", predictions: predictions, references: references)
    return try meanSquaredError(predictions: pairs.predictions, references: pairs.references)
}

/// The mean of the differences without their signs; see `meanAbsoluteError(predictions:references:)`.
public func meanAbsoluteError(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.doubles("mean_absolute_error", predictions: predictions, references: references)
    return try meanAbsoluteError(predictions: pairs.predictions, references: pairs.references)
}

/// The share of the variance that is explained; see `r2Score(predictions:references:)`.
public func r2Score(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.doubles("r2", predictions: predictions, references: references)
    return try r2Score(predictions: pairs.predictions, references: pairs.references)
}

/// Pearson's correlation; see `pearsonr(predictions:references:)`.
public func pearsonr(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.doubles("pearsonr", predictions: predictions, references: references)
    return try pearsonr(predictions: pairs.predictions, references: pairs.references)
}

/// Spearman's rank correlation; see `spearmanr(predictions:references:)`.
public func spearmanr(predictions: Tensor, references: Tensor) throws -> Double {
    let pairs = try CountedLabels.doubles("spearmanr", predictions: predictions, references: references)
    return try spearmanr(predictions: pairs.predictions, references: pairs.references)
}
