/// Pearson's correlation coefficient, -1 to 1; SciPy's `pearsonr`.
///
/// - Returns: NaN where one side is constant.
/// - Throws: ``MetricError`` for different counts, or fewer than two rows.
public func pearsonr(predictions: [Double], references: [Double]) throws -> Double {
    try checkPairs("pearsonr", predictions, references)
    return correlation(predictions, references)
}

/// Spearman's rank correlation coefficient, -1 to 1: Pearson's of the ranks, where equal values share the mean of theirs;
/// SciPy's `spearmanr`.
///
/// - Returns: NaN where one side is constant.
/// - Throws: ``MetricError`` for different counts, or fewer than two rows.
public func spearmanr(predictions: [Double], references: [Double]) throws -> Double {
    try checkPairs("spearmanr", predictions, references)
    guard (predictions + references).allSatisfy({ !$0.isNaN }) else { return .nan }
    return correlation(averageRanks(predictions), averageRanks(references))
}

private func checkPairs(_ metric: String, _ predictions: [Double], _ references: [Double]) throws {
    try MetricError.check(metric, predictions: predictions.count, references: references.count)
    guard references.count > 1 else {
        throw MetricError.invalid(metric: metric, reason: "a correlation needs at least two rows")
    }
}

private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    func isConstant(_ values: [Double]) -> Bool { values.allSatisfy { $0 == values[0] } }
    guard !isConstant(a), !isConstant(b) else { return .nan }
    // Divided by the norm first, so that squares neither overflow nor vanish.
    func normalized(_ values: [Double]) -> [Double] {
        let center = mean(values)
        let centered = values.map { $0 - center }
        let greatest = centered.reduce(0.0) { max($0, abs($1)) }
        let norm = greatest * centered.reduce(0.0) { $0 + ($1 / greatest) * ($1 / greatest) }.squareRoot()
        return centered.map { $0 / norm }
    }
    let sum = zip(normalized(a), normalized(b)).reduce(0.0) { $0 + $1.0 * $1.1 }
    return min(max(sum, -1), 1)
}

/// Ranks from 1; equal values share the mean of their ranks.
func averageRanks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
        var end = start + 1
        while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
        // The mean of start + 1 … end.
        for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
        start = end
    }
    return ranks
}
