/// Takes rows from several data sets in turn, as Python's `interleave_datasets`, and in its order.
///
/// - Parameters:
///   - datasets: at least one; their columns are matched as ``concatenateDatasets(_:axis:)`` does.
///   - probabilities: how likely each is drawn from next; nil: one after the other.
///   - seed: of NumPy's generator; has no effect without probabilities.
///   - stoppingStrategy: when it ends.
/// - Throws: ``DatasetError`` for columns that don't match, and for probabilities that are none.
public func interleaveDatasets(
    _ datasets: [Dataset], probabilities: [Double]? = nil, seed: UInt64 = 0,
    stoppingStrategy: StoppingStrategy = .firstExhausted
) throws -> Dataset {
    let all = try concatenateDatasets(datasets)
    let order = InterleaveOrder(
        lengths: datasets.map(\.numRows), probabilities: probabilities, seed: seed, strategy: stoppingStrategy)
    return all.selecting(try order.rows())
}
