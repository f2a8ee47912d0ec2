/// Gathers what an evaluation keeps: losses always, and outputs, labels and inputs where they are wanted.
struct EvaluationRecord {
    private let arguments: TrainingArguments
    private let expected: (rows: Int, batches: Int)
    private(set) var losses = EvaluationLosses()
    /// The rows of each batch.
    private(set) var batches: [Int] = []
    var rowCount: Int { batches.reduce(0, +) }

    private var outputNames: [String]?
    private var outputs: [PredictionAccumulator] = []
    private var labels: [PredictionAccumulator] = []
    private var inputs: PredictionAccumulator?
    /// Batches as they came, where they are not joined.
    private var parts: [GatheredRows.Part] = []
    /// Batches that still lie on a GPU.
    private var staged: [(part: GatheredRows.Part, rows: Int, places: [Int]?)] = []
    private var stagedBytes = 0

    /// On a GPU copying waits for the device, so several batches are copied together; at most this much lies there.
    private static let stagingLimit = 256 << 20

    init(_ arguments: TrainingArguments, rows: Int, batches: Int) {
        self.arguments = arguments
        expected = (rows, batches)
    }

    mutating func add(loss: Tensor, rows: Int) { losses.add(loss, rows: rows) }
    mutating func count(rows: Int) { batches.append(rows) }

    /// - Parameter places: Where the rows belong; nil: after those there are.
    mutating func add(_ part: GatheredRows.Part, names: [String], rows: Int, places: [Int]?) throws {
        if let outputNames, outputNames != names {
            throw TrainingError.argument(
                "the model gave \(names.joined(separator: ", ")) for one batch and "
                    + "\(outputNames.joined(separator: ", ")) for another")
        }
        outputNames = names
        staged.append((part, rows, places))
        let tensors = part.outputs + part.labels + (part.inputs.map { [$0] } ?? [])
        stagedBytes += tensors.reduce(0) { $0 + ($1.device.kind == .cpu ? 0 : $1.numel * $1.dtype.itemSize) }
        let isDue = arguments.evalAccumulationSteps.map { staged.count >= $0 } ?? (stagedBytes > Self.stagingLimit)
        if stagedBytes == 0 || isDue { try unload() }
    }

    /// Brings what is left to the CPU, and together with what the other ranks have.
    ///
    /// - Parameters:
    ///   - ranks: All ranks; collective where there are several.
    ///   - places: Where this rank's rows belong; nil: after one another.
    mutating func finish(over ranks: Ranks, places: [Int]?) throws -> GatheredRows {
        let own = try finish()
        guard ranks.areSeveral else { return own }
        let ranked = try RankedRows(ranks, batches: batches, places: places)
        let all = try ranked.gathered(own, isJoined: arguments.evalDoConcatBatches)
        losses = try ranked.gathered(losses)
        batches = ranked.batches
        return all
    }

    /// Brings what is left to the CPU.
    mutating func finish() throws -> GatheredRows {
        losses.fetch()
        try unload()
        guard let outputNames else { return GatheredRows() }
        if !arguments.evalDoConcatBatches { return GatheredRows(outputNames: outputNames, parts: parts) }
        let part = GatheredRows.Part(
            outputs: outputs.compactMap { $0.joined() }, labels: labels.compactMap { $0.joined() },
            inputs: inputs?.joined(), losses: arguments.includeForMetrics.contains(.loss) ? losses.perRow : nil)
        return GatheredRows(outputNames: outputNames, parts: [part])
    }

    private mutating func unload() throws {
        let waiting = staged
        staged = []
        stagedBytes = 0
        losses.fetch()
        for (part, rows, places) in waiting {
            if arguments.evalDoConcatBatches { try join(part, rows, places) } else { try keep(part) }
        }
    }

    private mutating func join(_ part: GatheredRows.Part, _ rows: Int, _ places: [Int]?) throws {
        func accumulator(_ name: String) -> PredictionAccumulator {
            PredictionAccumulator(name, rows: expected.rows, batches: expected.batches)
        }
        if outputs.isEmpty { outputs = (outputNames ?? []).map { accumulator("the output \($0)") } }
        if labels.isEmpty { labels = part.labels.map { _ in accumulator("the label") } }
        try checkLabels(part, labels.count)
        for (index, tensor) in part.outputs.enumerated() {
            try outputs[index].add(tensor, batchRows: rows, places: places)
        }
        for (index, tensor) in part.labels.enumerated() {
            try labels[index].add(tensor, batchRows: rows, places: places)
        }
        if let tensor = part.inputs {
            if inputs == nil { inputs = accumulator("the input") }
            try inputs?.add(tensor, batchRows: rows, places: places)
        }
    }

    private func checkLabels(_ part: GatheredRows.Part, _ count: Int) throws {
        guard part.labels.count == count else {
            throw TrainingError.data("some batches have \(count) label columns and others \(part.labels.count)")
        }
    }

    /// Copied, for tensors of inference mode cannot be changed afterwards.
    private mutating func keep(_ part: GatheredRows.Part) throws {
        if let first = parts.first { try checkLabels(part, first.labels.count) }
        func copied(_ tensor: Tensor) -> Tensor {
            let host = tensor.detach().to(device: .cpu)
            return host.dim == 0 ? host.reshape([1]).clone() : host.clone()
        }
        var kept = GatheredRows.Part(
            outputs: part.outputs.map(copied), labels: part.labels.map(copied), inputs: part.inputs.map(copied))
        if arguments.includeForMetrics.contains(.loss) { kept.losses = losses.perRow(batch: parts.count) }
        parts.append(kept)
    }
}
