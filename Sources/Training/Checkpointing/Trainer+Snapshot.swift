import Foundation
import OrderedJSON
import Torch

extension Trainer {
    /// The model's weights and files, those of the processing class, and the arguments.
    ///
    /// - Parameter whole: What is not whole on this rank.
    func modelSnapshot(_ mode: SnapshotMode, _ whole: WholeTensors) throws -> CheckpointSnapshot {
        var snapshot = CheckpointSnapshot(step: state.globalStep)
        for (name, contents) in (model as? any ModelWithFiles)?.modelFiles ?? [] {
            snapshot.add(name, .bytes(contents))
        }
        let (file, weights) = WeightFiles.saved(model)
        snapshot.add(file, .weights(try Safetensors.serialized(weights) { try whole.serialized($0, mode) }))
        for (name, contents) in try processingFiles() { snapshot.add(name, .bytes(contents)) }
        for (name, contents) in try additionalModelFiles() { snapshot.add(name, .bytes(contents)) }
        snapshot.add(TrainingArguments.fileName, .bytes(arguments.fileContents))
        return snapshot
    }

    /// Everything of a checkpoint at this step, with every rank's random states; nil on a rank that saves nothing. Notes in
    /// ``state`` which checkpoint is the best one. Collective.
    func checkpointSnapshot(_ mode: SnapshotMode) throws -> CheckpointSnapshot? {
        let random = arguments.saveOnlyModel ? [] : try ranks.gather(randomStates.bytes(device: device, ranks))
        let whole = try wholeTensors(withOptimizer: !arguments.saveOnlyModel)
        guard shouldSave else {
            noteBestCheckpoint()
            return nil
        }
        var snapshot = try modelSnapshot(mode, whole)
        noteBestCheckpoint()
        if !arguments.saveOnlyModel, let optimizer, let schedule {
            let state = try OptimizerFile.value(whole.optimizer ?? optimizer.stateDict(), schedule: schedule) {
                try whole.serialized($0, mode)
            }
            let rates = optimizer.groups.map { $0.initialLearningRate }
            snapshot.add("optimizer.pt", .archive(state))
            snapshot.add(
                "scheduler.pt",
                .archive(
                    OptimizerFile.value(schedule, step: self.state.globalStep - uncountedSteps, baseRates: rates)))
            if let gradScaler { snapshot.add(ScalerFile.name, .archive(ScalerFile.value(gradScaler.state))) }
            for (rank, state) in random.enumerated() {
                snapshot.add(RandomStates.fileName(rank: rank, of: ranks.worldSize), .bytes(Data(state)))
            }
        }
        noteCallbackStates()
        snapshot.add("trainer_state.json", .bytes(state.fileContents))
        return snapshot
    }

    /// The best evaluation's checkpoint is this one, or one that is there.
    private func noteBestCheckpoint() {
        guard let best = state.bestGlobalStep else { return }
        let folder = CheckpointFolders.url(of: best, in: arguments.outputFolder)
        // The ranks that do not save may not see it yet.
        let isThere = !shouldSave || FileManager.default.fileExists(atPath: folder.path) && !failedSaves.contains(best)
        guard best == state.globalStep || isThere else { return }
        let output = arguments.outputDir.hasPrefix("~") ? arguments.outputFolder.path : arguments.outputDir
        state.bestModelCheckpoint = output + "/" + folder.lastPathComponent
    }

    /// Asked for once: every save of a run has the same.
    private func processingFiles() throws -> [(name: String, contents: Data)] {
        guard let processingClass else { return [] }
        if let known = knownProcessingFiles { return known }
        let contents = try ProcessingFiles.contents(of: processingClass)
        knownProcessingFiles = contents
        return contents
    }

    /// Takes into ``state`` what callbacks and the control flags keep. As in Python at a run's start and at each checkpoint.
    func noteCallbackStates() {
        var callbacks = JSONObject()
        callbacks["TrainerControl"] = control.state()
        for (name, value) in self.callbacks.compactMap({ $0.exportedState }) {
            switch callbacks[name] {
            case nil: callbacks[name] = value
            case .array(let several)?: callbacks[name] = .array(several + [value])
            case let one?: callbacks[name] = .array([one, value])
            }
        }
        state.statefulCallbacks = callbacks
    }
}
