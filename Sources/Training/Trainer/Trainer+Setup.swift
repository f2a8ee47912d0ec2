import Foundation

extension Trainer {
    /// What can be said to be wrong before anything is done.
    func checkArguments() throws {
        if arguments.evalStrategy != .no, evalExamples == nil {
            throw TrainingError.argument(
                "eval_strategy is \(arguments.evalStrategy.rawValue), but there is no evalDataset")
        }
        let needsMetric = arguments.saveStrategy == .best || arguments.loadBestModelAtEnd
        if needsMetric, arguments.effectiveMetricForBestModel == nil {
            throw TrainingError.argument("save_strategy best and load_best_model_at_end need metric_for_best_model")
        }
    }

    /// Looks at the data before the first step: every label that can be told cheaply must be a class of the model.
    func checkTrainingData(_ examples: Examples) throws {
        guard examples.count > 0 else { throw TrainingError.data("the training data has no rows") }
        if arguments.dataloaderDropLast, examples.count < arguments.perDeviceTrainBatchSize {
            throw TrainingError.data(
                "the training data has \(examples.count) rows, fewer than a batch, and dataloader_drop_last drops them")
        }
        try checkLabels(examples)
        guard arguments.evalStrategy != .no || arguments.evalOnStart else { return }
        for set in evalSets {
            guard set.examples.count > 0 else {
                throw TrainingError.data("the evaluation data\(set.name.map { " \($0)" } ?? "") has no rows")
            }
            try checkLabels(set.examples)
        }
        try checkMetricForBestModel()
    }

    private func checkLabels(_ examples: Examples) throws {
        guard let classes = (model as? any ClassifyingModel)?.numLabels, let label = examples.label else { return }
        for row in 0..<examples.count {
            guard let id = try label(row), id != -100, !(0..<classes).contains(id) else { continue }
            let place = examples.location?(row) ?? "row \(row)"
            throw TrainingError.data("\(place): the label is \(id), but the model has the classes 0 to \(classes - 1)")
        }
    }

    /// Makes the output folder and sees that files can be written there.
    func checkOutputFolder() throws {
        let folder = arguments.outputFolder
        do {
            try files.createDirectory(folder.path)
            let probe = folder.appending(path: ".write-test-\(ProcessInfo.processInfo.processIdentifier)")
            try files.write(probe.path) { _ in }
            try files.remove(probe.path)
        } catch {
            throw TrainingError.unwritable(folder: folder.path, reason: "\(error)")
        }
    }

    /// The bar on a terminal, plain lines elsewhere.
    func progressCallback() -> TrainerCallback {
        arguments.disableTqdm ?? !Console.isTerminal ? PrinterCallback() : ProgressCallback()
    }

    /// Python's loaders draw one number from the global generator for each pass over the data.
    func drawLoaderSeed() { _ = Tensor.empty([], dtype: .int64).random_() }

    /// Two groups in the order of the parameters: those with weight decay, and the rest.
    func decayGroups() -> [ParameterGroup] {
        let decayed = decayParameterNames()
        let trained = model.namedParameters().filter { $0.parameter.requiresGrad }
        func group(_ parameters: [(name: String, parameter: Tensor)], _ decay: Double) -> ParameterGroup {
            ParameterGroup(
                parameters.map { $0.parameter }, learningRate: arguments.learningRate, weightDecay: decay)
        }
        return [
            group(trained.filter { decayed.contains($0.name) }, arguments.weightDecay),
            group(trained.filter { !decayed.contains($0.name) }, 0),
        ]
    }

    /// Names of the parameters with weight decay: all but biases and what belongs to normalisation.
    public func decayParameterNames() -> Set<String> {
        var names: Set<String> = []
        var normal: Set<String> = []
        for (path, module) in model.namedModules() where module is LayerNorm {
            for (name, _) in module.namedParameters() { normal.insert(path.isEmpty ? name : "\(path).\(name)") }
        }
        for (name, _) in model.namedParameters() where !normal.contains(name) {
            let parts = name.lowercased().split(separator: ".")
            let excluded = parts.contains {
                ["bias", "layernorm", "rmsnorm", "norm"].contains($0) || $0.hasSuffix("_norm")
            }
            if !excluded { names.insert(name) }
        }
        return names
    }
}

/// A model that tells how many classes it distinguishes, so that labels can be checked before training.
public protocol ClassifyingModel {
    var numLabels: Int { get }
    /// Factors of the classes in the loss; nil: all alike.
    var classWeights: [Double]? { get }
}

extension ClassifyingModel {
    public var classWeights: [Double]? { nil }
}
