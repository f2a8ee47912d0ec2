import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer train`
struct TrainCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Fine-tunes a model on a file of texts and labels.",
        discussion: """
            Example:
              trainer train --model MODEL --train-file train.tsv --validation-file dev.tsv \\
                  --text-column sentence --label-column label --output-dir out \\
                  --num-train-epochs 3 --eval-strategy epoch

            The output folder gets the model and its tokenizer, which Python loads too, and the results as JSON. Flags
            may be written with hyphens or underscores; of a repeated flag the last value counts.
            """)

    @Option(help: ArgumentHelp("What is learned: \(CommandTasks.names.joined(separator: ", ")).", valueName: "TASK"))
    var task = TextClassificationTask.name

    @Option(help: "The pretrained model: a folder with configuration, weights, tokenizer, or one of the Hub: org/name.")
    var model: String?

    @Option(help: "A YAML or JSON file with flags and their values, which the command line overrides.")
    var config: String?

    @OptionGroup(title: "Files") var files: TrainingFileOptions
    @OptionGroup(title: "Hub") var hub: HubOptions
    @OptionGroup(title: "Columns") var columns: ColumnOptions

    @OptionGroup(title: "Task") var options: TaskOptions
    @OptionGroup(title: "Adapter") var adapter: LoRAOptions

    @Option(
        help: ArgumentHelp(
            "Leave a page about the run: curves, confusion matrix, arguments, slowest phases (bare: report.html in the "
                + "output folder).", valueName: "FILE"))
    var report: String?

    static let trainingFlags = TrainingFlags.all
    static let switches = ColumnOptions.switches.union(TaskOptions.switches).union(LoRAOptions.switches)
    static let optionalValues: Set<String> = ["report"]
    static let ownFlags = Set(["task", "model", "config", "report"]).union(TrainingFileOptions.flags)
        .union(ColumnOptions.flags).union(TaskOptions.flags).union(HubOptions.flags).union(LoRAOptions.flags)

    func perform(_ arguments: TrainingArguments) throws {
        let task = try CommandTasks.named(task)
        try columns.check(.train, task)
        try options.check(.train, task)
        try files.check(.train, task)
        try adapter.check()
        let name = try requiredModel()
        try arguments.validate()
        let ranks = try Ranks.join(arguments)
        Console.isHeard = ranks.isFirst
        // What is downloaded once is in the cache for the others.
        let (files, folder) = try ranks.mainProcessFirst { (try requiredFiles(arguments), try hub.folder(name, .all)) }
        let inputs = TrainingInputs(
            arguments: arguments, model: folder, modelName: name, files: files, columns: columns, options: options)
        let run = TrainingRun(
            inputs: inputs, task: task, adapter: adapter,
            dataset: self.files.datasetName.map { .init(name: $0, configuration: self.files.datasetConfigName) },
            report: report)
        try run.perform()
    }

    private func requiredModel() throws -> String {
        guard let model else { throw CommandFailure.usage("trainer train needs --model, a pretrained model's folder") }
        return model
    }

    /// The files of `--dataset-name`, in the Hub's cache.
    private func hostedFiles() throws -> (train: String?, validation: String?)? {
        guard let name = files.datasetName else {
            if files.datasetConfigName != nil {
                throw CommandFailure.usage("--dataset-config-name needs --dataset-name")
            }
            return nil
        }
        guard files.trainFile == nil else {
            throw CommandFailure.usage("--train-file and --dataset-name exclude each other")
        }
        let (configuration, revision, token) = (files.datasetConfigName, files.datasetRevision, HubToken(hub.token))
        let bar = TransferBar(name)
        let found = try HubWork.wait(bar) {
            try await HubDataset.find(
                name, name: configuration, revision: revision, api: HfApi(token: token), progress: bar.update)
        }
        return (try list(found.files(of: "train")), try list(found.files(of: "validation")))
    }

    /// Several files as one argument.
    private func list(_ files: [String]?) throws -> String? {
        guard let files, files.count > 1 else { return files?.first }
        if let odd = files.first(where: { $0.contains(",") }) {
            throw CommandFailure.failed("\(odd): of several files none may have a comma in its path")
        }
        return files.joined(separator: ",")
    }

    private func requiredFiles(_ arguments: TrainingArguments) throws -> TrainingFiles {
        let hosted = try hostedFiles()
        guard let train = files.trainFile ?? hosted?.train else {
            throw CommandFailure.usage(
                "trainer train needs --train-file, a file of rows to learn from, or --dataset-name, a data set of the Hub"
            )
        }
        guard files.validationFile == nil || files.validationSplit == nil else {
            throw CommandFailure.usage("--validation-file and --validation-split exclude each other")
        }
        let validation = files.validationFile ?? (files.validationSplit == nil ? hosted?.validation : nil)
        guard arguments.evalStrategy == .no || validation != nil || files.validationSplit != nil else {
            throw CommandFailure.usage(
                "--eval-strategy \(arguments.evalStrategy.rawValue) needs --validation-file or --validation-split")
        }
        var result = TrainingFiles(train: train)
        result.validation = validation
        result.test = files.testFile
        result.validationSplit = files.validationSplit
        result.maxTrainSamples = files.maxTrainSamples
        result.maxEvalSamples = files.maxEvalSamples
        result.seed = arguments.effectiveDataSeed
        return result
    }
}
