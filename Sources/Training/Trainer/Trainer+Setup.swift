import Foundation

extension Trainer {
    /// What can be said to be wrong before anything is done.
    func checkArguments(_ callbacks: [TrainerCallback]) throws {
        if arguments.pushToHub, !callbacks.contains(where: { $0 is any UploadingCallback }) {
            throw TrainingError.argument(
                "push_to_hub is set, but no callback uploads; give the trainer a PushToHubCallback (SwiftTrainer)")
        }
        if let sharding = arguments.sharding, !ranks.areSeveral {
            throw TrainingError.argument(
                "fsdp: \(sharding.kind.rawValue) needs several ranks, and there is one; start more (nproc, or a launcher), or "
                    + "leave fsdp out")
        }
        if arguments.evalStrategy != .no, evalExamples == nil {
            throw TrainingError.argument(
                "eval_strategy is \(arguments.evalStrategy.rawValue), but there is no evalDataset")
        }
        let needsMetric = arguments.saveStrategy == .best || arguments.loadBestModelAtEnd
        if needsMetric, arguments.effectiveMetricForBestModel == nil {
            throw TrainingError.argument("save_strategy best and load_best_model_at_end need metric_for_best_model")
        }
    }

    /// Makes the output folder and sees that files can be written there.
    func checkOutputFolder() throws {
        guard shouldSave else { return }
        let folder = arguments.outputFolder
        do {
            try files.createDurableDirectory(folder.path)
            let probe = folder.appending(path: CheckpointFolders.temporaryProbe)
            try files.write(probe.path) { _ in }
            try files.remove(probe.path)
        } catch {
            throw TrainingError.unwritable(folder: folder.path, reason: "\(error)")
        }
    }

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

    /// Python's rule of exclusions from weight decay.
    func defaultDecayParameterNames() -> Set<String> {
        var names: Set<String> = []
        var normal: Set<String> = []
        for (path, module) in model.namedModules() where module is LayerNorm {
            for (name, _) in module.namedParameters() { normal.insert(path.isEmpty ? name : "\(path).\(name)") }
        }
        for (name, _) in model.namedParameters() where !normal.contains(name) {
            let lowercased = name.lowercased()
            let excluded =
                ["bias", "layernorm", "rmsnorm"].contains { lowercased.contains($0) }
                || lowercased.split(separator: ".").contains { $0 == "norm" || $0.hasSuffix("_norm") }
            if !excluded { names.insert(name) }
        }
        return names
    }
}
