import Foundation
import ModelHub
import OrderedJSON
import PretrainedModels
import Torch
public import Training

extension TrainingSummary {
    /// What the trainer knows.
    ///
    /// - Parameters:
    ///   - trainer: After training, or in the midst of it.
    ///   - modelName: nil: the name of the output folder.
    public init(_ trainer: Trainer, modelName: String? = nil) {
        let arguments = trainer.arguments
        let pretrained = trainer.model as? PretrainedModel
        let origin = pretrained?.config.nameOrPath.flatMap { name in
            PretrainedFolder.exists(name) || !RepositoryID.isValid(name) ? nil : name
        }
        self.init(modelName: modelName ?? arguments.outputFolder.standardizedFileURL.lastPathComponent)
        finetunedFrom = origin
        tags = ["generated_from_trainer"]
        if pretrained is SequenceClassificationModel { tasks = ["text-classification"] }
        (evalLines, evalResults) = Self.results(trainer.state.logHistory)
        hyperparameters = Self.hyperparameters(arguments)
        frameworkVersions = [
            Version("Swift Trainer", swiftTrainerVersion), Version("libtorch", TorchRuntime.version),
        ]
    }

    private static let speeds: Set<String> = ["runtime", "samples_per_second", "steps_per_second"]

    /// The evaluations during training, and the last one, from the log's records.
    static func results(_ history: [JSONObject]) -> (lines: [JSONObject]?, results: JSONObject?) {
        let last = history.lastIndex { $0["eval_loss"] != nil }
        guard let end = history.firstIndex(where: { $0["train_runtime"] != nil }) else {
            return (nil, last.map { words(history[$0]) })
        }
        var lines: [JSONObject] = []
        var trainingLoss: JSONValue = "No log"
        for record in history[..<end] {
            if let loss = record["loss"] { trainingLoss = loss }
            guard let loss = record["eval_loss"] else { continue }
            var line: JSONObject = [
                "Training Loss": trainingLoss, "Epoch": record["epoch"] ?? .null, "Step": record["step"] ?? .null,
                "Validation Loss": loss,
            ]
            for (name, value) in words(record) where name != "Loss" { line[name] = value }
            lines.append(line)
        }
        return (lines, last.map { words(history[$0]) })
    }

    /// The numbers of an evaluation, their names in words: `eval_matthews_correlation` becomes `Matthews Correlation`.
    private static func words(_ record: JSONObject) -> JSONObject {
        var result = JSONObject()
        for (key, value) in record {
            let bare = key.hasPrefix("eval_") ? String(key.dropFirst(5)) : key
            if speeds.contains(bare) || ["epoch", "step", "total_flos"].contains(bare) { continue }
            let name = bare.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            result[name.joined(separator: " ")] = value
        }
        return result
    }

    /// As Python lists them.
    static func hyperparameters(_ arguments: TrainingArguments) -> JSONObject {
        var list: JSONObject = [
            "learning_rate": .double(arguments.learningRate),
            "train_batch_size": .int(arguments.perDeviceTrainBatchSize),
            "eval_batch_size": .int(arguments.perDeviceEvalBatchSize), "seed": .int(arguments.seed),
        ]
        if arguments.gradientAccumulationSteps > 1 {
            list["gradient_accumulation_steps"] = .int(arguments.gradientAccumulationSteps)
            list["total_train_batch_size"] = .int(
                arguments.perDeviceTrainBatchSize * arguments.gradientAccumulationSteps)
        }
        let optimizer = arguments.optim.rawValue
        let options = arguments.optimArgs.flatMap { $0.isEmpty ? nil : $0 } ?? "No additional optimizer arguments"
        if optimizer.contains("adam") {
            let betas = "(\(arguments.adamBeta1.pythonDescription),\(arguments.adamBeta2.pythonDescription))"
            list["optimizer"] = .string(
                "Use \(optimizer) with betas=\(betas) and epsilon=\(arguments.adamEpsilon.pythonDescription) and "
                    + "optimizer_args=\(options)")
        } else {
            list["optimizer"] = .string("Use \(optimizer) and the args are:\n\(options)")
        }
        list["lr_scheduler_type"] = .string(arguments.lrSchedulerType.rawValue)
        if arguments.warmupSteps != 0 { list["lr_scheduler_warmup_steps"] = .double(arguments.warmupSteps) }
        if arguments.maxSteps > 0 {
            list["training_steps"] = .int(arguments.maxSteps)
        } else {
            list["num_epochs"] = .double(arguments.numTrainEpochs)
        }
        if arguments.fp16 { list["mixed_precision_training"] = "Native AMP" }
        if arguments.labelSmoothingFactor != 0 {
            list["label_smoothing_factor"] = .double(arguments.labelSmoothingFactor)
        }
        return list
    }
}

extension Trainer {
    /// Writes the model card, `README.md`, into the output folder.
    ///
    /// - Parameters:
    ///   - modelName: nil: the name of the output folder.
    ///   - complete: Adds what the trainer does not know: language, license, data sets.
    /// - Throws: `TrainingError.unwritable`.
    public func createModelCard(
        modelName: String? = nil, _ complete: (inout TrainingSummary) -> Void = { _ in }
    ) throws {
        var summary = TrainingSummary(self, modelName: modelName)
        complete(&summary)
        if !summary.tags.contains("generated_from_trainer") { summary.tags.append("generated_from_trainer") }
        try finishSaving()
        let folder = arguments.outputFolder
        do {
            try files.createDirectory(folder.path)
            try files.replace(folder.appending(path: "README.md").path, Data(summary.modelCard.utf8))
        } catch {
            throw TrainingError.unwritable(folder: folder.path, reason: "\(error)")
        }
    }
}
