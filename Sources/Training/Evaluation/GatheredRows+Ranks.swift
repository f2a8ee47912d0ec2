/// Puts what each rank has of an evaluation into one, in the order that one process would have.
///
/// Batches are taken in turn: that of number `b` of a rank is number `b · ranks + rank` of all.
struct RankedRows {
    private let ranks: Ranks
    /// The rows of each batch of each rank.
    private let sizes: [[Int]]
    /// Where the rows belong, for each rank; nil: after one another.
    private let places: [[Int]]?

    /// Collective.
    ///
    /// - Parameters:
    ///   - batches: The rows of this rank's batches.
    ///   - places: Where this rank's rows belong.
    init(_ ranks: Ranks, batches: [Int], places: [Int]?) throws {
        self.ranks = ranks
        let all = try withTorchErrors { try ranks.gather([Tensor(batches), Tensor(places ?? [])]) }
        sizes = all.map { $0[0].array(of: Int.self) }
        self.places = places == nil ? nil : all.map { $0[1].array(of: Int.self) }
    }

    /// The rows of all batches.
    var batches: [Int] { interleaved(sizes) }

    /// All ranks' values of batches, in order.
    func interleaved<Value>(_ values: [[Value]]) -> [Value] {
        let longest = values.map(\.count).max() ?? 0
        return (0..<longest).flatMap { batch in values.compactMap { batch < $0.count ? $0[batch] : nil } }
    }

    /// Losses of batches with their rows. Collective.
    func gathered(_ losses: EvaluationLosses) throws -> EvaluationLosses {
        let own = losses.values
        let all = try withTorchErrors { try ranks.gather([Tensor(own.map(\.loss)), Tensor(own.map(\.rows))]) }
        let pairs = all.map { part in
            zip(part[0].array(of: Float.self), part[1].array(of: Int.self)).map { (loss: $0, rows: $1) }
        }
        return EvaluationLosses(interleaved(pairs))
    }

    /// Rows of all ranks. Collective.
    func gathered(_ rows: GatheredRows, isJoined: Bool) throws -> GatheredRows {
        // A rank without a batch does not know the names.
        let names = try ranks.gather(Array(rows.outputNames.joined(separator: "\n").utf8))
            .first { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
        let outputNames = names?.split(separator: "\n").map(String.init) ?? []
        guard !outputNames.isEmpty else { return rows }
        let parts = try ranks.gather(parts: rows.parts)
        guard isJoined else { return GatheredRows(outputNames: outputNames, parts: interleaved(parts)) }
        let filled = zip(parts, sizes).filter { !$0.0.isEmpty }
        return GatheredRows(
            outputNames: outputNames, parts: [try joined(filled.map { $0.0[0] }, filled.map { $0.1 })])
    }

    /// - Parameters:
    ///   - parts: One for each rank that has rows.
    ///   - sizes: The rows of its batches.
    private func joined(_ parts: [GatheredRows.Part], _ sizes: [[Int]]) throws -> GatheredRows.Part {
        guard let first = parts.first else { return GatheredRows.Part() }
        return try withTorchErrors {
            var result = GatheredRows.Part(
                outputs: try first.outputs.indices.map { index in
                    try ordered(parts.map { $0.outputs[index] }, sizes)
                },
                labels: try first.labels.indices.map { index in try ordered(parts.map { $0.labels[index] }, sizes) })
            if first.inputs != nil { result.inputs = try ordered(parts.compactMap(\.inputs), sizes) }
            if first.losses != nil { result.losses = try ordered(parts.compactMap(\.losses), sizes) }
            return result
        }
    }

    private func ordered(_ tensors: [Tensor], _ sizes: [[Int]]) throws -> Tensor {
        let width = tensors.filter { $0.dim > 1 }.map { $0.size(1) }.max()
        let all = Tensor.cat(tensors.map { $0.paddedWithIgnored(to: width) })
        let counts = sizes.map { $0.reduce(0, +) }
        if zip(tensors, counts).allSatisfy({ $0.size(0) == $1 }) {
            return all.indexSelect(dim: 0, index: Tensor(rowOrder(sizes)))
        }
        // Something with one entry, or some, for each batch.
        let perBatch = zip(tensors, sizes).map { $1.isEmpty ? 0 : $0.size(0) / $1.count }
        guard zip(zip(tensors, sizes), perBatch).allSatisfy({ $0.0.size(0) == $0.1.count * $1 }),
            Set(perBatch).count == 1, let each = perBatch.first
        else {
            throw TrainingError.argument(
                "the model gives outputs of \(tensors.map { "\($0.size(0))" }.joined(separator: " and ")) rows for "
                    + "\(counts.map(String.init).joined(separator: " and ")) rows on the ranks, so their order is not known"
            )
        }
        return all.indexSelect(dim: 0, index: Tensor(order(sizes.map { $0.map { _ in each } })))
    }

    /// Which of the rows, one rank's after another's, comes where.
    private func rowOrder(_ sizes: [[Int]]) -> [Int] {
        guard let places else { return order(sizes) }
        let all = places.flatMap(\.self)
        return all.indices.sorted { all[$0] < all[$1] }
    }

    private func order(_ sizes: [[Int]]) -> [Int] {
        var next = 0
        let batches = sizes.map { batches in
            batches.map { size in
                defer { next += size }
                return next..<next + size
            }
        }
        return interleaved(batches).flatMap(\.self)
    }
}

extension Ranks {
    /// The parts of every rank. Collective.
    func gather(parts: [GatheredRows.Part]) throws -> [[GatheredRows.Part]] {
        let shape = parts.first.map {
            [$0.outputs.count, $0.labels.count, $0.inputs == nil ? 0 : 1, $0.losses == nil ? 0 : 1]
        }
        let tensors = parts.flatMap { $0.outputs + $0.labels + [$0.inputs, $0.losses].compactMap(\.self) }
        let head = try withTorchErrors { Tensor(shape ?? []) }
        return try gather([head] + tensors).map { all in
            let shape = all[0].array(of: Int.self)
            guard shape.count == 4 else { return [] }
            let each = shape.reduce(0, +)
            guard shape.allSatisfy({ (0...all.count).contains($0) }), each > 0, (all.count - 1) % each == 0 else {
                throw TrainingError.argument("the ranks' models give different outputs")
            }
            return stride(from: 1, to: all.count, by: Swift.max(each, 1)).map { start in
                var rest = all[start..<start + each]
                func take(_ count: Int) -> [Tensor] {
                    defer { rest = rest.dropFirst(count) }
                    return Array(rest.prefix(count))
                }
                return GatheredRows.Part(
                    outputs: take(shape[0]), labels: take(shape[1]), inputs: take(shape[2]).first,
                    losses: take(shape[3]).first)
            }
        }
    }
}
