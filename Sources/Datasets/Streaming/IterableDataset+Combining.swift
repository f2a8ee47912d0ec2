/// Puts streams one after the other, as Python's `concatenate_datasets`.
/// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where there is none.
public func concatenateDatasets(_ datasets: [IterableDataset]) throws -> IterableDataset {
    guard let first = datasets.first else {
        throw DatasetError.invalidArgument(name: "datasets", problem: "there is none to concatenate")
    }
    return IterableDataset(ConcatenatedStream(parts: datasets.map(\.stream)), as: first)
}

/// Takes rows from several streams in turn, as Python's `interleave_datasets`, and in its order.
///
/// - Parameters:
///   - datasets: at least one.
///   - probabilities: how likely each is drawn from next; nil: one after the other.
///   - seed: of NumPy's generator; has no effect without probabilities.
///   - stoppingStrategy: when it ends.
/// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where there is no stream, or probabilities are none, or one of
///   0 would keep it from ending.
public func interleaveDatasets(
    _ datasets: [IterableDataset], probabilities: [Double]? = nil, seed: UInt64 = 0,
    stoppingStrategy: StoppingStrategy = .firstExhausted
) throws -> IterableDataset {
    guard let first = datasets.first else {
        throw DatasetError.invalidArgument(name: "datasets", problem: "there is none to interleave")
    }
    try InterleaveOrder.check(probabilities, count: datasets.count)
    if stoppingStrategy != .firstExhausted, let never = probabilities?.firstIndex(of: 0) {
        throw DatasetError.invalidArgument(
            name: "probabilities",
            problem: "data set \(never) has probability 0 and is never exhausted, as \(stoppingStrategy.rawValue) asks")
    }
    return IterableDataset(
        CyclingStream(
            parts: datasets.map(\.stream), strategy: stoppingStrategy,
            draws: probabilities.map {
                CyclingStream.Draws(generator: NumPyGenerator(seed: seed), probabilities: $0)
            }),
        as: first)
}
