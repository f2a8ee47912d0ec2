import Foundation
import OrderedJSON
import Torch

/// What a resumed run takes over beside the trainer's own state.
struct RestoredCheckpoint {
    let random: RandomStates.Saved?
    /// Whether it was written here, not by Python.
    let isOurs: Bool
}

extension Trainer {
    /// The folder to go on from.
    ///
    /// - Throws: ``TrainingError/checkpoint(_:)`` where there is none that can be read; for a checkpoint that was asked for by
    ///   name, with the file that is damaged.
    func findCheckpoint(_ wanted: ResumeFromCheckpoint) throws -> URL {
        guard ranks.areSeveral else { return try ownCheckpoint(wanted) }
        let found = Result { try shouldSave ? ownCheckpoint(wanted).path : "" }
        // All hear of a failure before it is thrown.
        let paths = try ranks.gather(Array(((try? found.get()) ?? "").utf8)).map { String(decoding: $0, as: UTF8.self) }
        let own = try found.get()
        let first = paths[0]
        guard !first.isEmpty else {
            throw TrainingError.checkpoint("rank 0 found no checkpoint to resume from")
        }
        let names = Set(paths.filter { !$0.isEmpty }.map { ($0 as NSString).lastPathComponent })
        guard names.count == 1 else {
            throw TrainingError.checkpoint(
                "the machines have different newest checkpoints: \(names.sorted().joined(separator: ", ")); name the one "
                    + "that all of them have")
        }
        return URL(filePath: own.isEmpty ? first : own, directoryHint: .isDirectory)
    }

    private func ownCheckpoint(_ wanted: ResumeFromCheckpoint) throws -> URL {
        guard case .folder(let path) = wanted else { return try newestCheckpoint(in: arguments.outputFolder) }
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        guard CheckpointFolders.all(in: folder).isEmpty || Self.isCheckpoint(folder) else {
            return try newestCheckpoint(in: folder)
        }
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw TrainingError.checkpoint("there is no checkpoint \(folder.path)")
        }
        guard Self.isCheckpoint(folder) || CheckpointFolders.step(ofName: folder.lastPathComponent) != nil else {
            throw TrainingError.checkpoint("there is no checkpoint to resume from in \(folder.path)")
        }
        if let problem = CheckpointCheck.problem(in: folder) {
            throw TrainingError.checkpoint("cannot resume from \(folder.path): \(problem)")
        }
        return folder
    }

    /// An output folder has weights of its own at the end, but never an optimizer's state.
    private static func isCheckpoint(_ folder: URL) -> Bool {
        let optimizer = folder.appending(path: "optimizer.pt")
        return FileManager.default.fileExists(atPath: optimizer.path)
            || (CheckpointFolders.hasWeights(folder) && CheckpointFolders.all(in: folder).isEmpty)
    }

    /// The newest one whose files can be read; tells of those that cannot.
    private func newestCheckpoint(in folder: URL) throws -> URL {
        let all = CheckpointFolders.all(in: folder).filter { !earlierCheckpoints.contains($0.url.lastPathComponent) }
        var damaged: [(url: URL, problem: String)] = []
        for (step, url) in all.reversed() {
            guard let problem = CheckpointCheck.problem(in: url) else {
                for (url, problem) in damaged {
                    Warnings.warn("\(url.path) is skipped: \(problem); resuming from step \(step)")
                }
                return url
            }
            damaged.append((url, problem))
        }
        guard let newest = damaged.first else {
            throw TrainingError.checkpoint("there is no checkpoint to resume from in \(folder.path)")
        }
        throw TrainingError.checkpoint(
            "cannot resume: none of the checkpoints in \(folder.path) can be read; \(newest.url.lastPathComponent): "
                + newest.problem)
    }

    /// Takes weights, optimizer, state and random states of a checkpoint, ours or Python's.
    func restore(checkpoint folder: URL) throws -> RestoredCheckpoint {
        guard CheckpointFolders.hasWeights(folder) else {
            throw TrainingError.checkpoint("\(folder.path) is no checkpoint: it has no model.safetensors")
        }
        guard CheckpointFolders.hasWholeWeights(folder) || WeightFiles.saved(model).file != WeightFiles.whole else {
            throw TrainingError.checkpoint(
                "\(folder.path) holds an adapter (\(WeightFiles.adapter)), but the model has none; give it one first")
        }
        try loadWeights(folder)
        try restoreState(folder)
        let optimizerFile = folder.appending(path: "optimizer.pt")
        let schedulerFile = folder.appending(path: "scheduler.pt")
        func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
        // As in Python both or neither.
        if exists(optimizerFile), exists(schedulerFile) {
            let rates = optimizer?.groups.map { $0.initialLearningRate }
            let value = try TorchArchive.load(optimizerFile)
            if let sharded {
                try sharded.loadOptimizer(value, file: optimizerFile.path)
            } else {
                try optimizer?.loadStateDict(try OptimizerFile.stateDict(value, file: optimizerFile.path))
            }
            try restoreSchedule(schedulerFile)
            let saved = optimizer?.groups.map { $0.initialLearningRate }
            if rates != saved {
                Warnings.warn(
                    "learning_rate is \(Self.list(rates)) here but \(Self.list(saved)) in \(folder.path), which is used"
                )
            }
        } else {
            uncountedSteps = state.globalStep
            Warnings.warn(
                "\(folder.path) has no optimizer.pt and scheduler.pt; the optimizer starts anew, and the learning rate's course "
                    + "with it, so the run goes on otherwise than without a break")
        }
        try restoreScaler(folder)
        let isOurs = exists(folder.appending(path: TrainingArguments.fileName))
        guard let randomFile = randomFile(in: folder) else { return RestoredCheckpoint(random: nil, isOurs: isOurs) }
        return RestoredCheckpoint(
            random: .init(value: try TorchArchive.load(randomFile), file: randomFile.path), isOurs: isOurs)
    }

    /// This rank's random states; where the checkpoint is of another number of ranks, those of the first, with a warning.
    private func randomFile(in folder: URL) -> URL? {
        func file(_ rank: Int, _ ranks: Int) -> URL? {
            let url = folder.appending(path: RandomStates.fileName(rank: rank, of: ranks))
            return FileManager.default.fileExists(atPath: url.path) ? url : nil
        }
        let next = file(ranks.worldSize, .max)
        if let own = file(ranks.rank, ranks.worldSize), ranks.worldSize == 1 || next == nil { return own }
        guard let other = file(ranks.rank, .max) ?? file(0, .max) ?? file(0, 1) else { return nil }
        if ranks.isFirst {
            Warnings.warn(
                "\(folder.path) is of another number of ranks than the \(ranks.worldSize) here; the run goes on at another "
                    + "place in the data and with other random numbers than without a break")
        }
        return other
    }

    /// The weights of a folder into the model; keys may be missing or more, as in Python. An adapter's must be there.
    func loadWeights(_ folder: URL) throws {
        if let own = (model as? any ModelWithAdapter)?.adapterWeights {
            return try loadAdapter(own, folder.appending(path: WeightFiles.adapter))
        }
        let single = folder.appending(path: WeightFiles.whole)
        let state =
            FileManager.default.fileExists(atPath: single.path)
            ? try Safetensors.load(single)
            : try Safetensors.loadSharded(index: folder.appending(path: WeightFiles.index))
        guard let sharded else {
            try model.loadStateDict(state, strict: false)
            return
        }
        try sharded.assign(model.assignments(of: state))
    }

    private func loadAdapter(_ own: StateDict, _ file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw TrainingError.checkpoint(
                "the model has an adapter, but \(file.deletingLastPathComponent().path) has no \(file.lastPathComponent)"
            )
        }
        let saved = try Safetensors.load(file)
        let pairs = try own.entries.map { key, target in
            guard let source = saved[key], source.shape == target.shape else {
                let found = saved[key].map { "is \($0.shape), not \(target.shape)" } ?? "is missing"
                throw TrainingError.checkpoint("\(file.path) does not fit the model's adapter: \(key) \(found)")
            }
            return (target, source)
        }
        if let sharded { return try sharded.assign(pairs) }
        try withTorchErrors { noGrad { for (target, source) in pairs { target.copy_(source) } } }
    }

    private func restoreState(_ folder: URL) throws {
        let file = folder.appending(path: "trainer_state.json")
        guard let data = try? Data(contentsOf: file) else {
            throw TrainingError.checkpoint("\(folder.path) is no checkpoint: it has no readable trainer_state.json")
        }
        var restored = try TrainerState(fileContents: data, source: file.path)
        // Step numbers of this run; the intervals are the file's, as in Python.
        restored.maxSteps = state.maxSteps
        restored.numTrainEpochs = state.numTrainEpochs
        warnOfDifferences(restored, file, restored.trainBatchSize)
        restored.trainBatchSize = state.trainBatchSize
        restored.isWorldProcessZero = ranks.isFirst
        restored.isLocalProcessZero = ranks.isLocalFirst
        if let best = restored.bestModelCheckpoint, !FileManager.default.fileExists(atPath: best) {
            Warnings.warn("the best checkpoint so far, \(best), is not there any more")
            restored.bestModelCheckpoint = nil
        }
        if arguments.restoreCallbackStatesFromCheckpoint { restoreCallbacks(restored.statefulCallbacks) }
        state = restored
    }

    /// Python warns of these alone; intervals are the file's, the batch size is the argument's.
    private func warnOfDifferences(_ restored: TrainerState, _ file: URL, _ batchSize: Int?) {
        let intervals = [
            ("logging_steps", state.loggingSteps, restored.loggingSteps),
            ("eval_steps", state.evalSteps, restored.evalSteps), ("save_steps", state.saveSteps, restored.saveSteps),
        ]
        for (name, here, there) in intervals where here != there {
            Warnings.warn("\(name) is \(here) here but \(there) in \(file.path), which is used")
        }
        if let batchSize, batchSize != arguments.perDeviceTrainBatchSize {
            Warnings.warn(
                "per_device_train_batch_size is \(arguments.perDeviceTrainBatchSize) here but was \(batchSize) in "
                    + "\(file.path); the run goes on at another place in the data than without a break")
        }
    }

    private static func list(_ rates: [Double]?) -> String {
        var seen: [Double] = []
        for rate in rates ?? [] where !seen.contains(rate) { seen.append(rate) }
        return seen.map { "\($0)" }.joined(separator: ", ")
    }
}
