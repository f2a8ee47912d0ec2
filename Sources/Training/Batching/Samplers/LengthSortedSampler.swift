/// Rows by length, the longest first: batches of rows of about one length need less padding, and the most memory is asked
/// for at once. For evaluations, which put what they gather back in the data set's order.
struct LengthSortedSampler: Sampler {
    private let order: [Int]
    let isPutBack = true

    /// Nil where a length is not known, or all are equal.
    init?(_ examples: Examples) {
        guard let length = examples.length else { return nil }
        var lengths: [Int] = []
        lengths.reserveCapacity(examples.count)
        for row in 0..<examples.count {
            guard let length = length(row) else { return nil }
            lengths.append(length)
        }
        guard lengths.contains(where: { $0 != lengths[0] }) else { return nil }
        order = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    }

    var count: Int { order.count }
    func rows(epoch: Int) -> [Int] { order }
}

extension Trainer {
    /// Whether the data allows another order: nothing that is reported may depend on which rows share a batch.
    func mayReorder(_ examples: Examples) -> Bool {
        guard arguments.numerics == .fast, evaluatesByLength, examples.count > arguments.perDeviceEvalBatchSize,
            examples.length != nil, let label = examples.label, !arguments.dataloaderDropLast,
            arguments.dataloaderInOrder, arguments.includeForMetrics.isEmpty, arguments.evalDoConcatBatches,
            labelNames == ["labels"],
            arguments.predictionLossOnly || computeMetrics == nil || !arguments.batchEvalMetrics
        else { return false }
        // The mean loss of a batch weighs as much as its rows only where each row has one label that counts, or none has.
        var labelled = 0
        do {
            for row in 0..<examples.count {
                guard let id = try label(row) else { continue }
                if id == -100 { return false }
                labelled += 1
            }
        } catch {
            return false
        }
        return labelled == 0 || labelled == examples.count
    }
}
