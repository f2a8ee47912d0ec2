import Foundation
import OrderedJSON
import Testing
import Training

/// Records of Python's Trainer: those in the repository, or new ones that scripts/parity has just made.
enum ParityRecords {
    static let folder =
        ProcessInfo.processInfo.environment["SWIFT_TRAINER_PARITY"].map { URL(filePath: $0) }
        ?? fixtureURL("parity")

    static func json(_ name: String) throws -> JSONValue {
        let file = folder.appending(path: name)
        return try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    static func tensors(_ name: String) throws -> StateDict {
        try Safetensors.load(folder.appending(path: name + ".safetensors"), copying: true)
    }
}

/// One run of Python's Trainer, and ours with the same arguments, rows and weights.
struct ParityRun {
    let name: String
    let record: JSONValue
    let tensors: StateDict

    init(_ name: String) throws {
        self.name = name
        record = try #require(try ParityRecords.json("runs.json")[name], "no run \(name)")
        tensors = try ParityRecords.tensors(name)
    }

    var log: [JSONValue] { record["log_history"]?.arrayValue ?? [] }
    func series(_ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }
    func strings(_ key: String) -> [String] { record[key]?.arrayValue?.compactMap { $0.stringValue } ?? [] }

    func weights(_ prefix: String) -> StateDict {
        StateDict(
            tensors.entries.filter { $0.name.hasPrefix(prefix + ".") }.map {
                (String($0.name.dropFirst(prefix.count + 1)), $0.tensor)
            })
    }

    var isTagger: Bool { record["network"]?.stringValue == "tagger" }

    func model() throws -> any TrainableModel {
        let model: any TrainableModel =
            isTagger
            ? ParityTagger()
            : ParityNetwork(
                dropout: record["dropout"]?.doubleValue ?? 0, acceptsLossCount: record["accepting"]?.boolValue ?? false)
        try model.loadStateDict(weights("initial"))
        return model
    }

    func rows() throws -> any TrainerDataset {
        let ids = try #require(tensors["input_ids"])
        let labels = try #require(tensors["labels"])
        if isTagger { return try paddedRows(ids, labels, try #require(tensors["lengths"]).array(of: Int.self)) }
        guard let offset = tensors["offset"] else { return TensorDataset(["input_ids": ids, "labels": labels]) }
        return TensorDataset(["input_ids": ids, "labels": labels, "offset": offset])
    }

    /// The recorder's arguments; Python's loss scaling and arithmetic.
    func arguments(_ output: URL, _ configure: (inout TrainingArguments) -> Void) throws -> TrainingArguments {
        var arguments = TrainingArguments(outputDir: output.path) {
            $0.perDeviceTrainBatchSize = 2
            $0.perDeviceEvalBatchSize = 4
            $0.learningRate = 0.01
            $0.loggingSteps = 1
            $0.saveStrategy = .no
            $0.useCpu = true
            $0.disableTqdm = true
            $0.lossScaling = .python
            $0.numerics = .reference
            $0.saveOnInterrupt = false
            $0.onNonFiniteLoss = .continue
        }
        _ = try arguments.apply(record["arguments"]?.objectValue ?? JSONObject())
        configure(&arguments)
        return arguments
    }

    /// Trains as Python did, from the checkpoint that Python went on from where it did.
    func train(_ output: URL, _ configure: (inout TrainingArguments) -> Void = { _ in }) throws -> FinishedRun {
        let probe = EventProbe(isProbing: record["random"] != nil)
        var callbacks: [TrainerCallback] = [probe]
        if let patience = record["early"]?.intValue {
            callbacks.append(
                EarlyStoppingCallback(
                    earlyStoppingPatience: patience, earlyStoppingThreshold: record["threshold"]?.doubleValue ?? 0))
        }
        let (model, rows) = (try model(), try rows())
        let trainer = try Trainer(
            model: model, arguments: arguments(output, configure), trainDataset: rows, evalDataset: rows,
            computeMetrics: isTagger
                ? nil : { ["accuracy": shareOfEqual($0.predictions.argmax(dim: -1), $0.labelIds)] },
            callbacks: callbacks)
        let checkpoint = try checkpoint(beside: output)
        let result = try trainer.train(resumeFromCheckpoint: checkpoint.map { .folder($0.path) })
        let order = (model as? ParityNetwork)?.order ?? (model as? ParityTagger)?.order ?? []
        return FinishedRun(
            run: self, trainer: trainer, result: result, probe: probe, order: order,
            checkpoints: checkpoints(in: output))
    }

    private func checkpoint(beside output: URL) throws -> URL? {
        guard let step = record["resume"]?.arrayValue?.last?.intValue else { return nil }
        let name = "checkpoint-\(step)"
        let copy = output.appending(path: "from").appending(path: name)
        try FileManager.default.createDirectory(
            at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: ParityRecords.folder.appending(path: name), to: copy)
        if let missing = record["without"]?.stringValue {
            try FileManager.default.removeItem(at: copy.appending(path: missing))
        }
        return copy
    }
}

/// The share of equal entries.
func shareOfEqual(_ predictions: Tensor, _ labels: Tensor) -> Double {
    predictions.eq(labels).to(.float64).mean().item()
}

/// Rows of different lengths that are padded to the longest of their batch: ids with 0, labels with -100.
func paddedRows(_ ids: Tensor, _ labels: Tensor, _ lengths: [Int]) throws -> Examples {
    var examples = Examples(count: lengths.count, isConcurrent: true) { rows in
        let width = rows.map { lengths[$0] }.max() ?? 0
        func cut(_ tensor: Tensor) -> Tensor { tensor.gatherRows(rows).slice(dim: 1, start: 0, end: width) }
        return Batch(
            [(BatchKey("input_ids"), cut(ids)), (BatchKey.labels, cut(labels))], rows: rows,
            lengths: rows.map { lengths[$0] })
    }
    examples.length = { lengths[$0] }
    return examples
}
