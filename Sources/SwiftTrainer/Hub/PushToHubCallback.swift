import Foundation
import ModelHub
public import Training

/// Uploads the model to the Hub while it is trained, as `pushToHub` and its companions among the training arguments say.
///
/// ```swift
/// let trainer = try Trainer(
///     model: model, arguments: TrainingArguments(outputDir: "my-model") { $0.pushToHub = true },
///     trainDataset: train, callbacks: [PushToHubCallback()])
/// try trainer.train()
/// try trainer.pushToHub()
/// ```
/// The repository is made when the trainer is. At each checkpoint the model is uploaded in the background; an upload that
/// is still under way lets the next one be left out, unless `hubAlwaysPush` is set. What goes wrong there is told in a
/// warning and does not end training.
public final class PushToHubCallback: TrainerCallback, UploadingCallback {
    let endpoint: String?
    private(set) var push: HubPush?
    private var needsCheckpoints = false

    /// - Parameter endpoint: The server; nil: `HF_ENDPOINT`, or huggingface.co.
    public init(endpoint: String? = nil) { self.endpoint = endpoint }

    public override var awaitsCheckpoint: Bool { needsCheckpoints }

    /// The uploads; made once.
    func push(_ arguments: TrainingArguments) throws -> HubPush {
        if let push { return push }
        let made = try HubPush(arguments, endpoint: endpoint)
        push = made
        return made
    }

    public override func onInitEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        guard context.arguments.pushToHub, context.ranks.isFirst else { return }
        needsCheckpoints = context.arguments.hubStrategy != .end
        PushFiles.cleanUp(context.arguments.outputFolder)
        try push(context.arguments).prepare()
    }

    public override func onSave(_ context: CallbackContext, control: inout TrainerControl) throws {
        let arguments = context.arguments
        guard arguments.pushToHub, arguments.hubStrategy != .end, context.ranks.isFirst else { return }
        let push = try push(arguments)
        guard arguments.hubAlwaysPush || !push.isBusy else { return }
        try context.tellPushBegin()
        let name = "checkpoint-\(context.globalStep)"
        let checkpoint = arguments.outputFolder.appending(path: name, directoryHint: .isDirectory)
        let message =
            arguments.saveStrategy == .steps
            ? "Training in progress, step \(context.globalStep)"
            : "Training in progress, epoch \(Int(context.state.epoch))"
        do {
            try PushFiles.update(arguments.outputFolder, from: checkpoint)
            let copies = try PushFiles.newFolder(in: arguments.outputFolder)
            let model = copies.appending(path: "model")
            try PushFiles.copy(arguments.outputFolder, to: model, leavingOut: HubPush.ignored)
            var folders: [(folder: URL, pathInRepo: String?, message: String)] = [(model, nil, message)]
            if arguments.hubStrategy != .everySave {
                let state = copies.appending(path: "state")
                try PushFiles.copy(checkpoint, to: state, leavingOut: [])
                let place = arguments.hubStrategy == .checkpoint ? "last-checkpoint" : name
                folders.append((state, place, message + ", checkpoint"))
            }
            try push.start(name, folders, copies: copies)
        } catch {
            Warnings.warn("\(name) was not uploaded: \(error)")
        }
    }

    public override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        push?.finish()
    }

    public func modelSaved(_ trainer: Trainer) throws {
        if trainer.ranks.isFirst, try push(trainer.arguments).isSaving { return }
        try trainer.pushToHub(commitMessage: "Model save")
    }
}

/// Files for an upload that goes on while training changes them.
enum PushFiles {
    /// What belongs to a checkpoint alone.
    private static let stateFiles: Set<String> = [
        "optimizer.pt", "scheduler.pt", "scaler.pt", "trainer_state.json",
    ]
    /// Larger files are never changed in place, so a second name does in place of a copy.
    private static let largeFile = 16 << 20

    /// Gives the output folder the checkpoint's model, as Python does.
    static func update(_ output: URL, from checkpoint: URL) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: checkpoint.path)
        where !stateFiles.contains(name) && !name.hasPrefix("rng_state") {
            let source = checkpoint.appending(path: name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: source.path, isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            let temporary = output.appending(path: ".tmp-push-\(name)")
            try? FileManager.default.removeItem(at: temporary)
            try duplicate(source, to: temporary)
            guard rename(temporary.path, output.appending(path: name).path) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
        }
    }

    /// Deletes what uploads of a run that was killed have left.
    static func cleanUp(_ output: URL) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? []
        where name.hasPrefix(".tmp-push-") {
            try? FileManager.default.removeItem(at: output.appending(path: name))
        }
    }

    static func newFolder(in output: URL) throws -> URL {
        let folder = output.appending(path: ".tmp-push-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func copy(_ folder: URL, to target: URL, leavingOut patterns: [String]) throws {
        let wanted = FilePatterns(ignore: patterns)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where wanted.includes(name) {
            var isFolder: ObjCBool = false
            let source = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: source.path, isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            let place = target.appending(path: name)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try duplicate(source, to: place)
        }
    }

    private static func duplicate(_ source: URL, to target: URL) throws {
        let size = try source.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        if size >= largeFile, link(source.path, target.path) == 0 { return }
        try FileManager.default.copyItem(at: source, to: target)
    }
}
