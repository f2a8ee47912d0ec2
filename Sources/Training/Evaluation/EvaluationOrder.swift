/// The order in which an evaluation visits the rows.
struct EvaluationOrder {
    /// The rows of each batch.
    let batches: [ArraySlice<Int>]
    /// Whether rows are visited in another order than the data set's, and must be put back.
    let isSorted: Bool
    /// Rows that are visited.
    let rowCount: Int

    /// The data set's order, or where `byLength` allows it and the lengths are known the longest rows first: batches of
    /// rows of about one length need less padding, and the most memory is asked for at once.
    init(_ examples: Examples, _ arguments: TrainingArguments, byLength: Bool) {
        let size = arguments.perDeviceEvalBatchSize
        let count = arguments.dataloaderDropLast ? examples.count / size * size : examples.count
        let sorted = byLength && examples.count > size ? Self.byLength(examples) : nil
        let order = sorted ?? Array(0..<count)
        batches = stride(from: 0, to: order.count, by: size).map { order[$0..<min($0 + size, order.count)] }
        isSorted = sorted != nil
        rowCount = order.count
    }

    /// Nil where a length is not known, or all are equal.
    private static func byLength(_ examples: Examples) -> [Int]? {
        guard let length = examples.length else { return nil }
        var lengths: [Int] = []
        lengths.reserveCapacity(examples.count)
        for row in 0..<examples.count {
            guard let length = length(row) else { return nil }
            lengths.append(length)
        }
        guard lengths.contains(where: { $0 != lengths[0] }) else { return nil }
        return lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    }
}

extension Trainer {
    /// Whether the data allows another order: nothing that is reported may depend on which rows share a batch.
    func mayReorder(_ examples: Examples, lossOnly: Bool) -> Bool {
        guard arguments.numerics == .fast, evaluatesByLength, examples.length != nil, let label = examples.label,
            !arguments.dataloaderDropLast, arguments.includeForMetrics.isEmpty, arguments.evalDoConcatBatches,
            labelNames == ["labels"], lossOnly || computeMetrics == nil || !arguments.batchEvalMetrics
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
