import Foundation
import OrderedJSON
import Testing
import Training

/// Two layers with dropout between, as in scripts/fixtures/trainer_runs.py.
final class Network: Module, TrainableModel, ClassifyingModel {
    @Child var first = Linear(6, 8)
    let dropout: Dropout
    @Child var second = Linear(8, 3)
    let acceptsLossCount: Bool
    let numLabels = 3
    /// What happens to each batch before the forward pass.
    var onForward: ((Batch) throws -> Void)?

    init(dropout: Double = 0, acceptsLossCount: Bool = false) {
        self.dropout = Dropout(dropout)
        self.acceptsLossCount = acceptsLossCount
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        try onForward?(inputs)
        let hidden = dropout(first(try inputs.require("input_ids")).tanh())
        let logits = second(hidden)
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

/// A run of Python's Trainer, recorded by the script.
struct PythonRun: CustomTestStringConvertible {
    let name: String
    let record: JSONValue
    let tensors: StateDict

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/runs")
    /// Those of scripts/fixtures/trainer_loop_runs.py.
    static let loopFolder = folder.appending(path: "../loop_runs")

    /// Those of scripts/fixtures/optimizer_runs.py.
    static let optimizerFolder = folder.appending(path: "../optimizer_runs")

    init(_ name: String, in folder: URL = Self.folder) throws {
        let file = folder.appending(path: "runs.json")
        let records = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
        self.name = name
        record = try #require(records[name])
        tensors = try Safetensors.load(folder.appending(path: "\(name).safetensors"), copying: true)
    }

    var testDescription: String { name }

    var log: [JSONValue] { record["log_history"]?.arrayValue ?? [] }
    var trace: [String] { record["trace"]?.arrayValue?.compactMap { $0.stringValue } ?? [] }

    func tensors(under prefix: String) -> StateDict {
        StateDict(
            tensors.entries.filter { $0.name.hasPrefix(prefix) }.map {
                (String($0.name.dropFirst(prefix.count)), $0.tensor)
            })
    }

    func dataset() throws -> TensorDataset {
        TensorDataset(["input_ids": try #require(tensors["input_ids"]), "labels": try #require(tensors["labels"])])
    }

    func model() throws -> Network {
        let model = Network(
            dropout: record["dropout"]?.doubleValue ?? 0, acceptsLossCount: record["accepting"]?.boolValue ?? false)
        try model.loadStateDict(tensors(under: "initial."))
        return model
    }

    /// The script's arguments; Python's loss scaling and arithmetic.
    func arguments(_ output: URL, _ configure: (inout TrainingArguments) -> Void = { _ in }) throws -> TrainingArguments
    {
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
        }
        _ = try arguments.apply(record["arguments"]?.objectValue ?? JSONObject())
        configure(&arguments)
        return arguments
    }

    func trainer(
        _ output: URL, callbacks: [TrainerCallback] = [], model: Network? = nil,
        _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> Trainer {
        let rows = try dataset()
        let model = try model ?? self.model()
        var callbacks = callbacks
        if let patience = record["early"]?.intValue {
            callbacks.append(EarlyStoppingCallback(earlyStoppingPatience: patience))
        }
        return try Trainer(
            model: model, arguments: arguments(output, configure), trainDataset: rows, evalDataset: rows,
            computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] },
            callbacks: callbacks)
    }
}

/// Gives `body` a folder that is removed afterwards.
func withOutput<Result>(_ body: (URL) throws -> Result) rethrows -> Result {
    let output = temporaryFolder()
    defer { try? FileManager.default.removeItem(at: output) }
    return try body(output)
}

/// The bits of all weights.
func bits(_ model: Module) -> [[Float]] { model.stateDict().entries.map { $0.tensor.detach().array(of: Float.self) } }

/// The log without what depends on the clock.
func untimed(_ log: [JSONObject]) -> [JSONObject] {
    log.map { record in
        var kept = JSONObject()
        for (key, value) in record.members where !key.hasSuffix("_runtime") && !key.hasSuffix("_per_second") {
            kept[key] = value
        }
        return kept
    }
}

func checkpoints(in output: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? []
    return names.filter { $0.hasPrefix("checkpoint-") }.sorted()
}
