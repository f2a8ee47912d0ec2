/// A callback that uploads what training makes: what `TrainingArguments.pushToHub` asks for. Training itself knows no
/// server; the product's is `PushToHubCallback` of the module SwiftTrainer.
public protocol UploadingCallback: TrainerCallback {
    /// After ``Trainer/saveModel(_:)`` has written the model into a folder.
    func modelSaved(_ trainer: Trainer) throws
}

extension Trainer {
    /// The callback that uploads; nil where there is none.
    public var uploadingCallback: (any UploadingCallback)? {
        callbacks.lazy.compactMap { $0 as? any UploadingCallback }.first
    }

    /// Tells callbacks that an upload begins: Python's `on_push_begin`.
    package func tellPushBegin() throws { try callbackList.call { try $0.onPushBegin($1, control: &$2) } }
}

extension CallbackContext {
    /// Tells callbacks that an upload begins: Python's `on_push_begin`.
    package func tellPushBegin() throws { try owner.tellPushBegin() }
}
