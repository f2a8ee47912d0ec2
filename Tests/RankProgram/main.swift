import Foundation
import OrderedJSON
import Training

// RankProgram CONFIGURATION.json
//
// One run of a small model for the tests of several ranks: started by a launcher, by a test with the variables of one, or
// by itself (`nproc`). Each rank leaves `result.<rank>.json` in the output folder.

/// Two layers with dropout between, and a third that every third step uses; scripts/fixtures/rank_runs.py has the same. And a
/// large table of which each row uses few entries.
final class Network: WatchedModel, TrainableModel, ModelWithRowGradients {
    @Child var first = Linear(6, 8)
    let dropout: Dropout
    @Child var second = Linear(8, 3)
    @Child var third: Linear?
    @Child var table: Embedding?
    /// Whether the table's gradient is whole at times.
    private let isMixed: Bool
    let acceptsLossCount: Bool
    var tablesWithRowGradients: [Tensor] { table.map { [$0.weight] } ?? [] }

    init(_ options: JSONValue?) {
        dropout = Dropout(options?["dropout"]?.doubleValue ?? 0)
        acceptsLossCount = options?["accepting"] == true
        isMixed = options?["table"] == "mixed"
        super.init()
        if options?["unused"] == true { third = Linear(8, 3) }
        if options?["table"] != nil { table = Embedding(1000, 8) }
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        try note(inputs)
        let values = try inputs.require("input_ids")
        var hidden = dropout(first(values).tanh())
        if let table {
            let places = (values.abs() * 100).to(.int64).remainder(1000)
            let isSparse = inputs.step?.allowsSparseGradients == true && !(isMixed && seen.count % 3 == 1)
            hidden = hidden + table(places, sparseGradient: isSparse, sequenceLength: 6).mean(dim: [1])
        }
        var logits = second(hidden)
        if let third, training, seen.count % 3 == 0 { logits = logits + third(hidden) }
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

/// Wishes of one rank alone.
final class Wishes: TrainerCallback {
    let stopStep: Int?
    let signal: (step: Int, number: Int32)?
    init(stopStep: Int?, signal: (step: Int, number: Int32)?) {
        self.stopStep = stopStep
        self.signal = signal
    }

    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        if context.globalStep == stopStep { control.shouldTrainingStop = true }
        if let signal, signal.step == context.globalStep { raise(signal.number) }
    }
}

func run() throws {
    let file = URL(filePath: CommandLine.arguments.dropFirst().first ?? "")
    let configuration = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    var arguments = TrainingArguments()
    _ = try arguments.apply(configuration["arguments"]?.objectValue ?? JSONObject())
    if configuration["fast"] != true {
        arguments.numerics = .reference
        arguments.lossScaling = .python
    }
    // As if the machine had so many devices.
    if let devices = configuration["devices"]?.intValue {
        _ = try LaunchContext.startRanksIfNeeded(devices: VisibleDevices(count: devices, kind: .cpu))
    }
    let ranks = try Ranks.join(arguments)
    let tensors = try Safetensors.load(URL(filePath: configuration["tensors"]?.stringValue ?? ""), copying: true)
    Memory.resetPeak()
    let before = Memory.kibibytes("VmRSS")
    if let limit = configuration["limitMiB"]?.intValue { Memory.limitData(mebibytes: limit) }
    let model: any WatchedModel & TrainableModel
    if configuration["model"]?["layers"] != nil {
        setSeed(0)
        model = LayeredNetwork(configuration["model"])
    } else {
        setSeed(0)
        model = Network(configuration["model"])
        let initial = tensors.entries.filter { $0.name.hasPrefix("initial.") }
        try model.loadStateDict(
            StateDict(initial.map { (String($0.name.dropFirst(8)), $0.tensor) }),
            strict: configuration["model"]?["table"] == nil)
    }
    guard let inputs = tensors["input_ids"], let labels = tensors["labels"] else { return }
    let isIgnored = configuration["ignoreFrom"]?.intValue
    if let first = isIgnored { _ = labels.slice(dim: 0, start: first).fill_(-100) }
    let count = configuration["rows"]?.intValue ?? inputs.size(0)
    let rows = TensorDataset(["input_ids": inputs[0..<count], "labels": labels[0..<count]])
    guard let evalInputs = tensors["eval_input_ids"], let evalLabels = tensors["eval_labels"] else { return }
    let evalRows = TensorDataset(["input_ids": evalInputs, "labels": evalLabels])
    let examples = try rows.examples(CollationContext())
    // Read by one thread: these streams have no workers.
    nonisolated(unsafe) let batches = examples
    let stream = ExampleStream(collator: Collator<Int> { indices, _ in try batches.batch(indices) }) { _ in
        0..<rows.count
    }
    let here = { (name: String) -> Int? in
        guard let wish = configuration[name], wish["rank"]?.intValue == ranks.rank,
            ranks.restartCount == wish["attempt"]?.intValue ?? 0
        else { return nil }
        return wish["step"]?.intValue
    }
    if let step = here("fail") {
        model.onForward = { if $0 == step { throw TrainingError.argument("rank \(ranks.rank) was told to fail") } }
    }
    if let step = here("kill") { model.onForward = { if $0 == step { kill(getpid(), SIGKILL) } } }
    let wishes = Wishes(
        stopStep: here("stop"),
        signal: here("signal").map { ($0, Int32(configuration["signal"]?["number"]?.intValue ?? 15)) })
    var evaluated: [Int] = []
    func makeTrainer() throws -> Trainer {
        try Trainer(
            model: model, arguments: arguments,
            trainDataset: configuration["stream"] == true ? stream as any TrainerDataset : rows, evalDataset: evalRows,
            computeMetrics: { prediction in
                let labels = prediction.labelIds
                evaluated = labels.array(of: Int.self)
                let right = accuracy(prediction.predictions.argmax(dim: -1), labels)
                return ["accuracy": right, "rows": Double(evaluated.count)]
            }, callbacks: [wishes])
    }
    var trainer = try makeTrainer()
    let output: TrainOutput
    do {
        output = try trainer.train()
    } catch  where configuration["triesAgain"] == true {
        FileHandle.standardError.write(Data("caught on rank \(ranks.rank): \(error)\n".utf8))
        model.onForward = nil
        try trainer.saveModel()
        trainer = try makeTrainer()
        output = try trainer.train()
    }
    let prediction = try trainer.predict(rows)
    var result: JSONObject = [
        "seen": .array(model.seen.map { .array($0.map { .int($0) }) }),
        "log_history": .array(trainer.state.logHistory.map { .object($0) }),
        "global_step": .int(output.globalStep), "training_loss": .double(output.trainingLoss),
        "evaluated": .array(evaluated.map { .int($0) }),
        "predicted": .array((prediction.predictions?.argmax(dim: -1).array(of: Int.self) ?? []).map { .int($0) }),
    ]
    result["memory"] = ["before": .int(before), "peak": .int(Memory.kibibytes("VmHWM"))]
    if configuration["leavesWeights"] != false {
        result["weights"] = try trainer.withFullParameters {
            .array(
                model.parameters().flatMap { $0.detach().reshape([-1]).array(of: Float.self) }
                    .map { .double(Double($0)) })
        }
    }
    if configuration["saves"] == true { try trainer.saveModel() }
    try trainer.ranks.barrier()
    let target = arguments.outputFolder.appending(path: "result.\(ranks.rank).json")
    try FileManager.default.createDirectory(at: arguments.outputFolder, withIntermediateDirectories: true)
    try Data(JSONValue.object(result).serializedBytes()).write(to: target)
}

// A test may have started this program from a thread that holds signals back, and the mask is inherited.
var signals = sigset_t()
sigfillset(&signals)
pthread_sigmask(SIG_UNBLOCK, &signals, nil)
do {
    try withTorchErrors { try run() }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
}
