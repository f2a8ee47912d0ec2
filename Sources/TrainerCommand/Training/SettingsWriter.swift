import SwiftTrainer

/// Leaves the column flags beside the checkpoints, so that they can be evaluated while training goes on, or after it
/// was stopped.
final class SettingsWriter: TrainerCallback {
    private let settings: TaskSettings
    private let folder: String

    init(_ settings: TaskSettings, folder: String) {
        self.settings = settings
        self.folder = folder
    }

    /// They lie beside the checkpoints, whose files do not matter here.
    override var awaitsCheckpoint: Bool { false }

    override func onSave(_ context: CallbackContext, control: inout TrainerControl) throws {
        if context.ranks.isFirst { try settings.save(folder: folder) }
    }
}
