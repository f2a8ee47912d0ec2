public import Foundation

/// Writes log records as one table: a row for each record, a column for each number, `step` and `epoch` first.
///
/// Added by `report_to csv`, which writes `log_history.csv` in the output folder. Columns never move or vanish: a record
/// with a new number (the first evaluation, the end of training) adds its columns at the right, and the file is replaced
/// as a whole; other records are appended. Cells without a value are empty. A new run begins the file anew, a resumed one
/// keeps what was logged up to its checkpoint, and evaluation without training adds to what is there.
public final class CSVCallback: ReportingCallback {
    private let file: URL?
    private var table: CSVTable?
    private var log: LogFile?

    /// - Parameter file: Default nil: `log_history.csv` in the output folder.
    public init(file: URL? = nil) { self.file = file }

    override var subject: String { "the CSV log" }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        try open {
            // A checkpoint's records have their names sorted; the columns stay as they were.
            let columns = context.state.logHistory.isEmpty ? nil : try? existing(context).columns
            var table = CSVTable(columns: columns)
            for record in context.state.logHistory { _ = table.add(record) }
            try write(table, context)
        }
    }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        report {
            var table = try self.table ?? existing(context)
            let hasNewColumns = table.add(context.record(of: logs))
            if hasNewColumns || log == nil {
                try write(table, context)
            } else {
                self.table = table
                try log?.append(table.lastLine)
            }
        }
    }

    private func write(_ table: CSVTable, _ context: CallbackContext) throws {
        self.table = table
        log = nil
        let path = target(context).path
        try context.files.createDirectory(target(context).deletingLastPathComponent().path)
        try context.files.replace(path, Data(table.text.utf8))
        log = try LogFile(path, .existing)
    }

    /// - Throws: ``FileOperationError`` where a file stands there that is no such table.
    private func existing(_ context: CallbackContext) throws -> CSVTable {
        guard let data = try? Data(contentsOf: target(context)), !data.isEmpty else { return CSVTable() }
        guard let table = CSVTable(parsing: String(decoding: data, as: UTF8.self)) else {
            throw FileOperationError("\(target(context).path) holds something else than a log; move it away")
        }
        return table
    }

    private func target(_ context: CallbackContext) -> URL {
        file ?? context.arguments.outputFolder.appending(path: "log_history.csv")
    }
}
