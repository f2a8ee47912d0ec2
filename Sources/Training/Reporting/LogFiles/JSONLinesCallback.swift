public import Foundation
import OrderedJSON

/// Writes each log record as a line of JSON, with the keys and numbers that `trainer_state.json` has under
/// `log_history`: `{"loss": 0.69, "grad_norm": 1.2, "learning_rate": 5e-05, "epoch": 1.0, "step": 10}`.
///
/// Added by `report_to jsonl`, which writes `log_history.jsonl` in the output folder. A new run begins the file anew; a
/// resumed one keeps what was logged up to its checkpoint. Evaluation without training adds to what is there.
public final class JSONLinesCallback: ReportingCallback {
    private let file: URL?
    private var log: LogFile?

    /// - Parameter file: Default nil: `log_history.jsonl` in the output folder.
    public init(file: URL? = nil) { self.file = file }

    override var subject: String { "the JSON Lines log" }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        try open {
            log = nil
            // The records of a resumed run are in its state.
            let lines = context.state.logHistory.map { Self.line($0) }.joined()
            try context.files.replace(try path(context), Data(lines.utf8))
            log = try LogFile(try path(context), .existing)
        }
    }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        report {
            let opened = try log ?? LogFile(try path(context), .existing)
            log = opened
            try opened.append(Self.line(context.record(of: logs)))
        }
    }

    private func path(_ context: CallbackContext) throws -> String {
        let target = file ?? context.arguments.outputFolder.appending(path: "log_history.jsonl")
        try context.files.createDirectory(target.deletingLastPathComponent().path)
        return target.path
    }

    private static func line(_ record: JSONObject) -> String { JSONValue.object(record).serialized() + "\n" }
}
