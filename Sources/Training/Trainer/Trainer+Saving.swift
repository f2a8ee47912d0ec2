import Foundation
import LocalFiles
import OrderedJSON

extension Trainer {
    /// What ``saveModel(_:)`` does without an upload. Collective.
    public func saveModelFiles(_ folder: String? = nil) throws {
        try finishSaving()
        if ranks.haveParted, runsInLockstep {
            throw TrainingError.argument(
                "fsdp full_shard: the ranks that share the model have left each other after an error; take a checkpoint"
            )
        }
        let whole = try wholeTensors(withOptimizer: false)
        if shouldSave { try saveModelFolder(folder, whole) }
        // Whoever loads it next finds it whole. After a failed run each rank is by itself, and its model can be saved still.
        if !ranks.haveParted { try ranks.barrier() }
    }

    /// Writes the model's files into a folder, whole or not at all.
    func saveModelFolder(_ folder: String?, _ whole: WholeTensors) throws {
        let target = folder.map { URL(filePath: $0) } ?? arguments.outputFolder
        // Beside its place first: a failure leaves what was there.
        let temporary = target.appending(path: CheckpointFolders.temporaryModel)
        do {
            let snapshot = try withTorchErrors { try modelSnapshot(.viewing, whole) }
            try files.createDurableDirectory(target.path)
            if FileManager.default.fileExists(atPath: temporary.path) { try files.remove(temporary.path) }
            try files.createDirectory(temporary.path)
            try snapshot.write(into: temporary, files)
            try snapshot.move(from: temporary, to: target, files)
            for name in (model as? any ModelWithFiles)?.obsoleteFiles ?? [] {
                let file = target.appending(path: name).path
                if FileManager.default.fileExists(atPath: file) { try files.remove(file) }
            }
            try files.remove(temporary.path)
        } catch {
            try? files.remove(temporary.path)
            switch error {
            case let error as FileOperationError:
                throw TrainingError.unwritable(folder: target.path, reason: error.description)
            case let error as FileFailure: throw TrainingError.unwritable(folder: target.path, reason: error.reason)
            default: throw error
            }
        }
    }

    /// Writes `trainer_state.json` into the output folder; of callbacks it has the states of the last checkpoint.
    public func saveState() throws {
        guard shouldSave else { return }
        try finishSaving()
        if state.statefulCallbacks.isEmpty { noteCallbackStates() }
        try files.createDurableDirectory(arguments.outputFolder.path)
        try files.replace(
            arguments.outputFolder.appending(path: "trainer_state.json").path, state.fileContents)
    }

    /// Writes `<split>_results.json` into the output folder and adds the numbers to `all_results.json`.
    public func saveMetrics(_ split: String, _ metrics: Metrics) throws {
        guard shouldSave else { return }
        try finishSaving()
        let folder = arguments.outputFolder
        try files.createDurableDirectory(folder.path)
        try files.replace(folder.appending(path: "\(split)_results.json").path, text(metrics.json))
        let all = folder.appending(path: "all_results.json")
        var merged = JSONObject()
        if let data = try? Data(contentsOf: all), let object = try? JSONValue(parsing: data).objectValue {
            merged = object
        }
        for (name, value) in metrics.json.members { merged[name] = value }
        try files.replace(all.path, text(merged))
    }

    private func text(_ object: JSONObject) -> Data {
        Data(JSONValue.object(object).serialized(JSONFormat(indent: 4, sortKeys: true)).utf8)
    }
}
