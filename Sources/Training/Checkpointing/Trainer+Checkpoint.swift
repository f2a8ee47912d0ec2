public import Foundation
import LocalFiles

extension Trainer {
    /// Writes `checkpoint-<step>` into the output folder, whole or not at all, then removes those over the limit.
    ///
    /// Everything goes into a temporary folder beside it that is renamed when all is on the disk: at any moment the newest
    /// checkpoint is complete. Waits until it is; training itself may save in the background
    /// (`TrainingArguments.saveInBackground`).
    ///
    /// Collective where there are several ``Trainer/ranks``: a checkpoint has the random states of all.
    ///
    /// - Returns: The checkpoint's folder.
    /// - Throws: ``TrainingError/unsaved(step:reason:newest:)``; nothing is then left of it, and older checkpoints are whole.
    @discardableResult
    public func saveCheckpoint() throws -> URL {
        try finishSaving()
        let best = state.bestModelCheckpoint
        failedSaves.remove(state.globalStep)
        let made = Result { try withTorchErrors { try checkpointSnapshot(.viewing) } }
        if case .failure(let failure as FileFailure) = made { throw unsaved(state.globalStep, failure, best) }
        if let snapshot = try made.get() {
            do {
                try publication(of: snapshot)()
            } catch {
                throw unsaved(snapshot.step, error, best)
            }
        }
        try ranks.barrier()
        return CheckpointFolders.url(of: state.globalStep, in: arguments.outputFolder)
    }

    /// The save that is due, in the background where the arguments say so: then training waits for the copy of its state
    /// alone, and for a save that is still under way.
    ///
    /// - Returns: The folder that the checkpoint gets or has; nil where it could not be written and training goes on.
    func saveDueCheckpoint() throws -> URL? {
        try finishSaving()
        bestBeforeSave = state.bestModelCheckpoint
        failedSaves.remove(state.globalStep)
        let mode: SnapshotMode = arguments.saveInBackground ? .copying : .viewing
        let folder = CheckpointFolders.url(of: state.globalStep, in: arguments.outputFolder)
        let made: CheckpointSnapshot?
        do {
            made = try withTorchErrors { try checkpointSnapshot(mode) }
        } catch let failure as FileFailure {
            return try settle(.init(step: state.globalStep, error: failure)) ? folder : nil
        }
        guard let snapshot = made else { return folder }
        let publish = publication(of: snapshot)
        var isSaved = true
        if arguments.saveInBackground {
            checkpointWriter.start(step: snapshot.step, publish)
            if callbacks.contains(where: { $0.awaitsCheckpoint }) { isSaved = try settle(checkpointWriter.wait()) }
        } else {
            isSaved = try settle(.init(step: snapshot.step, error: Result { try publish() }.failure))
        }
        return isSaved ? folder : nil
    }

    /// Waits until the checkpoint that is being written in the background is on the disk.
    ///
    /// - Throws: ``TrainingError/unsaved(step:reason:newest:)`` where it could not be written, unless the arguments let
    ///   training go on then.
    public func finishSaving() throws { try settle(checkpointWriter.wait()) }

    /// Throws what went wrong in the background, where that is known by now.
    func checkSaving() throws { try settle(checkpointWriter.poll()) }

    /// Waits for the background where another error ends the run.
    func abandonSaving() {
        do { try finishSaving() } catch { Warnings.warn("\(error)") }
    }

    /// What writes a snapshot, on any thread.
    private func publication(of snapshot: CheckpointSnapshot) -> @Sendable () throws -> Void {
        let store = CheckpointStore(files: files, output: arguments.outputFolder)
        let limit = arguments.saveTotalLimit
        let kept = Set([snapshot.step, bestCheckpointStep].compactMap { $0 })
        return {
            try store.publish(snapshot)
            do {
                try store.rotate(limit: limit, keeping: kept)
            } catch {
                // The checkpoint itself is whole.
                Warnings.warn(
                    "checkpoint-\(snapshot.step) is saved, but older ones over save_total_limit could not be removed: "
                        + "\(error)")
            }
        }
    }

    /// - Returns: Whether nothing failed.
    @discardableResult
    private func settle(_ outcome: CheckpointWriter.Outcome?) throws -> Bool {
        guard let outcome, let error = outcome.error else { return true }
        let failure = unsaved(outcome.step, error, bestBeforeSave)
        guard arguments.onSaveFailure == .continue else { throw failure }
        Warnings.warn("\(failure); training goes on without it")
        return false
    }

    /// - Parameter best: The best checkpoint before the save.
    private func unsaved(_ step: Int, _ error: any Error, _ best: String?) -> TrainingError {
        let output = arguments.outputFolder
        // A folder of that name may be there: an earlier run's.
        failedSaves.insert(step)
        if bestCheckpointStep == step { state.bestModelCheckpoint = best }
        return .unsaved(step: step, reason: "\(error)", newest: CheckpointFolders.all(in: output).last?.url.path)
    }

    /// With a limit of one, the best checkpoint alone stays at the end.
    func keepOnlyBest() throws {
        guard shouldSave, arguments.saveTotalLimit == 1, let best = bestCheckpointStep else { return }
        try finishSaving()
        try CheckpointStore(files: files, output: arguments.outputFolder).keepOnly(best)
    }

    /// Step of the best evaluation's checkpoint; nil where none was saved at it (evaluation may come more often).
    private var bestCheckpointStep: Int? {
        state.bestModelCheckpoint.flatMap { CheckpointFolders.step(ofName: ($0 as NSString).lastPathComponent) }
    }

    /// Takes the weights of the best checkpoint; where none was saved at the best evaluation, the model stays as it is.
    func loadBestModel() throws {
        try finishSaving()
        // A save may have failed where it was written; and the others wait until the last one is on the disk.
        if ranks.areSeveral {
            let best = try ranks.broadcast(state.bestModelCheckpoint ?? "")
            state.bestModelCheckpoint = best.isEmpty ? nil : best
        }
        guard let best = bestCheckpointStep else { return }
        let folder = CheckpointFolders.url(of: best, in: arguments.outputFolder)
        func load() throws {
            guard CheckpointFolders.hasWeights(folder) else {
                throw TrainingError.checkpoint("the best checkpoint \(folder.path) is not there any more")
            }
            try loadWeights(folder)
        }
        // Of a model that is shared out each rank reads its part.
        guard let group = ranks.group, sharded == nil else { return try load() }
        // Other machines may not have the folder.
        _ = try ranks.fromFirst(Bool.self) {
            try load()
            return true
        }
        try group.broadcast(model.parameters() + model.namedBuffers().map(\.buffer), from: 0)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
