public import Foundation
import OrderedJSON

extension Trainer {
    /// Writes `checkpoint-<step>` into the output folder, whole or not at all, then removes those over the limit.
    ///
    /// Everything goes into a temporary folder beside it that is renamed when all is on the disk: at any moment the newest
    /// checkpoint is complete.
    ///
    /// - Returns: The checkpoint's folder.
    /// - Throws: What the file operations throw; the temporary folder is then removed.
    @discardableResult
    public func saveCheckpoint() throws -> URL {
        let output = arguments.outputFolder
        let name = "\(CheckpointFolders.prefix)\(state.globalStep)"
        let target = output.appending(path: name)
        let temporary = output.appending(path: ".tmp-\(name)")
        do {
            try files.createDirectory(output.path)
            try cleanUp(output)
            try files.createDirectory(temporary.path)
            try withTorchErrors { try writeCheckpoint(into: temporary) }
            try files.synchronize(temporary.path)
            try publish(temporary, as: target)
            try files.synchronize(output.path)
        } catch {
            // What is left half written is cleaned away now, or by the next run.
            try? files.remove(temporary.path)
            throw error
        }
        try rotateCheckpoints()
        return target
    }

    /// Removes folders that were never finished, and brings back checkpoints that had made room for them.
    func cleanUp(_ output: URL) throws {
        for old in CheckpointFolders.abandoned(in: output) { try files.remove(old.path) }
        for (url, place) in CheckpointFolders.displaced(in: output) {
            if FileManager.default.fileExists(atPath: place.path) {
                try files.remove(url.path)
            } else {
                try files.rename(url.path, to: place.path)
            }
        }
    }

    /// Puts a finished folder in its place. Where one of that step is there (a run gone back to an earlier step), it makes
    /// room first, and comes back where the new one cannot take its place; ``cleanUp(_:)`` does so after a kill in between.
    private func publish(_ temporary: URL, as target: URL) throws {
        guard FileManager.default.fileExists(atPath: target.path) else {
            try files.rename(temporary.path, to: target.path)
            return
        }
        let old = target.deletingLastPathComponent().appending(
            path: CheckpointFolders.replacedPrefix + target.lastPathComponent)
        try files.rename(target.path, to: old.path)
        do {
            try files.rename(temporary.path, to: target.path)
        } catch {
            try? files.rename(old.path, to: target.path)
            throw error
        }
        try files.remove(old.path)
    }

    private func writeCheckpoint(into folder: URL) throws {
        try writeModel(into: folder)
        if let best = state.bestGlobalStep {
            let bestFolder = arguments.outputFolder.appending(path: "\(CheckpointFolders.prefix)\(best)")
            let exists = best == state.globalStep || FileManager.default.fileExists(atPath: bestFolder.path)
            let output = arguments.outputDir.hasPrefix("~") ? arguments.outputFolder.path : arguments.outputDir
            if exists { state.bestModelCheckpoint = output + "/" + bestFolder.lastPathComponent }
        }
        if !arguments.saveOnlyModel, let optimizer, let schedule {
            try write(try OptimizerFile.value(optimizer.stateDict()), "optimizer.pt", into: folder)
            try write(
                OptimizerFile.value(
                    schedule, step: state.globalStep - uncountedSteps,
                    baseRates: optimizer.groups.map { $0.initialLearningRate }),
                "scheduler.pt", into: folder)
            if let gradScaler { try write(ScalerFile.value(gradScaler.state), "scaler.pt", into: folder) }
            try write(try randomStates.value(device: device), "rng_state.pth", into: folder)
        }
        try files.write(folder.appending(path: "trainer_state.json").path, stateToSave().fileContents)
    }

    private func write(_ value: PickleValue, _ name: String, into folder: URL) throws {
        let path = folder.appending(path: name).path
        try files.write(path) {
            try TorchArchive.write(value, name: TorchArchive.archiveName(fileName: name), fileName: path, to: $0)
        }
    }

    /// The state with what callbacks keep.
    func stateToSave() -> TrainerState {
        var saved = state
        var callbacks = JSONObject()
        callbacks["TrainerControl"] = control.state()
        for (name, value) in self.callbacks.compactMap({ $0.exportedState }) {
            switch callbacks[name] {
            case nil: callbacks[name] = value
            case .array(let several)?: callbacks[name] = .array(several + [value])
            case let one?: callbacks[name] = .array([one, value])
            }
        }
        saved.statefulCallbacks = callbacks
        return saved
    }

    /// Removes the oldest checkpoints over `saveTotalLimit`, never the newest or the best.
    private func rotateCheckpoints() throws {
        guard let limit = arguments.saveTotalLimit, limit > 0 else { return }
        let all = CheckpointFolders.byAge(in: arguments.outputFolder)
        let kept = Set([state.globalStep, bestCheckpointStep].compactMap { $0 })
        let protected = all.filter { kept.contains($0.step) }
        let excess = all.count - max(limit, protected.count)
        for (_, url) in all.filter({ !kept.contains($0.step) }).prefix(max(0, excess)) { try discard(url) }
    }

    /// Removes a checkpoint. It loses its name first, so that what a kill leaves of it is not taken for a checkpoint.
    private func discard(_ checkpoint: URL) throws {
        let doomed = checkpoint.deletingLastPathComponent().appending(
            path: CheckpointFolders.temporaryPrefix + "old-" + checkpoint.lastPathComponent)
        try files.rename(checkpoint.path, to: doomed.path)
        try files.remove(doomed.path)
    }

    /// With a limit of one, the best checkpoint alone stays at the end.
    func keepOnlyBest() throws {
        guard arguments.saveTotalLimit == 1, let best = bestCheckpointStep else { return }
        for (step, url) in CheckpointFolders.all(in: arguments.outputFolder) where step != best {
            try discard(url)
        }
    }

    /// Step of the best evaluation's checkpoint; nil where none was saved at it (evaluation may come more often).
    private var bestCheckpointStep: Int? {
        guard let name = state.bestModelCheckpoint.map({ ($0 as NSString).lastPathComponent }),
            name.hasPrefix(CheckpointFolders.prefix)
        else { return nil }
        return Int(name.dropFirst(CheckpointFolders.prefix.count))
    }

    /// Takes the weights of the best checkpoint; where none was saved at the best evaluation, the model stays as it is.
    func loadBestModel() throws {
        guard let best = bestCheckpointStep else { return }
        let folder = arguments.outputFolder.appending(path: "\(CheckpointFolders.prefix)\(best)")
        guard CheckpointFolders.hasWeights(folder) else {
            throw TrainingError.checkpoint("the best checkpoint \(folder.path) is not there any more")
        }
        try loadWeights(folder)
    }
}
