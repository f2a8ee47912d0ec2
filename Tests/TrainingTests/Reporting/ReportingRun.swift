import Foundation
import OrderedJSON
import Testing
import Training

/// What Python did, recorded by scripts/fixtures/reporting.py.
struct ReportingRun {
    let fixture: JSONValue
    var record: JSONValue { fixture["run"] ?? nil }

    init() throws {
        let file = fixtureURL("reporting.json")
        fixture = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    private func floats(_ json: JSONValue?) -> [Float] {
        (json?.arrayValue ?? []).compactMap { $0.doubleValue.map(Float.init) }
    }

    func rows() throws -> TensorDataset {
        let labels = (record["y"]?.arrayValue ?? []).compactMap { $0.intValue.map(Int64.init) }
        return TensorDataset([
            "input_ids": Tensor(floats(record["x"])).reshape([-1, 6]), "labels": Tensor(labels),
        ])
    }

    func model() throws -> Network {
        let model = Network()
        let initial = try #require(record["initial"]?.objectValue)
        let shapes = ["first.weight": [8, 6], "first.bias": [8], "second.weight": [3, 8], "second.bias": [3]]
        try model.loadStateDict(
            StateDict(initial.map { name, values in (name, Tensor(floats(values)).reshape(shapes[name] ?? [-1])) }))
        return model
    }

    /// The script's arguments.
    func trainer(
        _ output: URL, callbacks: [TrainerCallback] = [], _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> Trainer {
        let arguments = TrainingArguments(outputDir: output.path) {
            $0.perDeviceTrainBatchSize = 1
            $0.perDeviceEvalBatchSize = 4
            $0.gradientAccumulationSteps = 2
            $0.numTrainEpochs = 2
            $0.learningRate = 0.01
            $0.evalStrategy = .steps
            $0.saveStrategy = .steps
            $0.evalSteps = 3
            $0.saveSteps = 3
            $0.loggingSteps = 2
            $0.useCpu = true
            $0.disableTqdm = true
            $0.numerics = .reference
            $0.saveOnInterrupt = false
            configure(&$0)
        }
        let rows = try rows()
        return try Trainer(
            model: model(), arguments: arguments, trainDataset: rows, evalDataset: rows,
            computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] },
            callbacks: callbacks)
    }
}

/// As the script's: asks for things at odd places.
final class Setter: TrainerCallback {
    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
        if context.globalStep == 1 { control.shouldLog = true }
        if context.globalStep == 4 { control.shouldEpochStop = true }
    }
    override func onEpochBegin(_ context: CallbackContext, control: inout TrainerControl) { control.shouldSave = true }
}
