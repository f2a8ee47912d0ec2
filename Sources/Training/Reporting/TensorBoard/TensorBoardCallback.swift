public import Foundation
import OrderedJSON

/// Writes log records as event files for TensorBoard, with the tags of Python's `TensorBoardCallback`: `eval_x` becomes
/// `eval/x`, `test_x` becomes `test/x`, all else `train/x`; the arguments and the model's configuration are texts.
///
/// Added by `report_to tensorboard`. The folder is the first of: the one given here, `tensorboardLoggingDir` of the
/// arguments, the environment's `TENSORBOARD_LOGGING_DIR`, `runs/<date>_<host>` in the output folder.
public final class TensorBoardCallback: ReportingCallback {
    private var folder: URL?
    private var writer: EventFileWriter?

    /// - Parameter folder: Where event files go; nil: see above.
    public init(folder: URL? = nil) { self.folder = folder }

    override var subject: String { "the TensorBoard log" }

    /// The event file of this run; nil before the first record.
    public var file: URL? { writer?.file }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        try open {
            let writer = try openWriter(context.arguments)
            let secret = context.arguments.publicConfiguration
            var texts = [
                EventRecord.Content.text(
                    tag: "args/text_summary", JSONValue.object(secret).serialized(JSONFormat(indent: 2)))
            ]
            if let configuration = context.modelConfiguration {
                texts.append(.text(tag: "model_config/text_summary", configuration))
            }
            try writer.write(texts, step: 0)
        }
    }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        report {
            let contents = logs.json.members.compactMap { name, value in
                Self.content(tag: Self.tag(name), value)
            }
            try openWriter(context.arguments).write(contents, step: context.globalStep)
        }
    }

    public override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) throws { writer = nil }

    /// What is logged after training goes to another file in the same folder, as in Python.
    private func openWriter(_ arguments: TrainingArguments) throws -> EventFileWriter {
        if let writer { return writer }
        let folder = self.folder ?? Self.folder(for: arguments)
        self.folder = folder
        let opened = try EventFileWriter(folder: folder)
        writer = opened
        return opened
    }

    /// Python's name for a number of a log record.
    static func tag(_ name: String) -> String {
        for prefix in ["eval", "test"] where name.hasPrefix(prefix + "_") {
            return prefix + "/" + name.dropFirst(prefix.count + 1)
        }
        return "train/" + name
    }

    private static func content(tag: String, _ value: JSONValue) -> EventRecord.Content? {
        switch value {
        case .int, .double: value.doubleValue.map { .scalar(tag: tag, Float($0)) }
        case .bool(let flag): .scalar(tag: tag, flag ? 1 : 0)
        case .string(let text): .text(tag: tag + "/text_summary", text)
        case .null, .array, .object: nil
        }
    }

    private static func folder(for arguments: TrainingArguments) -> URL {
        let given = arguments.tensorboardLoggingDir ?? ProcessInfo.processInfo.environment["TENSORBOARD_LOGGING_DIR"]
        if let given, !given.isEmpty { return URL(filePath: (given as NSString).expandingTildeInPath) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "MMMdd_HH-mm-ss"
        let name = format.string(from: Date()) + "_" + ProcessInfo.processInfo.hostName
        return arguments.outputFolder.appending(path: "runs").appending(path: name)
    }
}
