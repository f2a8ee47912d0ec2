internal import LocalFiles

/// What can go wrong while data is read, changed or asked for. `description` is one line: what, where, what to do.
public enum DatasetError: Error, Sendable, Hashable {
    /// The file is missing, a folder, or may not be read.
    case unreadableFile(path: String, problem: String)
    /// The file holds a type of values that a data set can't hold; `problem` names column and type.
    case unsupportedType(path: String, problem: String)
    /// The file can't be written, for example for want of room on the disk.
    case unwritableFile(path: String, problem: String)
    /// The file holds nothing, or a header and no rows.
    case noRows(path: String, problem: String)
    /// The text of the file breaks its format, or a value is not of its column's type.
    case malformed(location: SourceLocation, column: String?, problem: String, remedy: String)
    /// A required value is null or empty. `row` counts from 0 in the data set at hand.
    case missingValue(column: String, row: Int, location: SourceLocation?)
    /// No column of that name exists.
    case unknownColumn(name: String, available: [String])
    /// Two columns have one name.
    case duplicateColumn(name: String, file: String?)
    /// No split of that name exists.
    case unknownSplit(name: String, available: [String])
    /// A value is not of the type that was asked for, or that the column's earlier rows have.
    case typeMismatch(column: String, row: Int?, location: SourceLocation?, found: String, wanted: String)
    /// An argument makes no sense for this data.
    case invalidArgument(name: String, problem: String)
    /// Arrow failed for another reason, for example for want of memory.
    case storage(problem: String)
}

extension DatasetError {
    /// Turns what the file system refuses into ``unwritableFile(path:problem:)``.
    static func writing<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as FileFailure {
            throw DatasetError.unwritableFile(
                path: failure.path ?? path, problem: Excerpt.of(failure.reason, limit: 200))
        }
    }
}

extension DatasetError: CustomStringConvertible {
    public var description: String { Excerpt.of(message, limit: 10_000) }

    /// The message, in which names and paths may hold line breaks.
    private var message: String {
        switch self {
        case .unreadableFile(let path, let problem):
            "can't read \(path): \(problem)"
        case .unsupportedType(let path, let problem):
            "\(path): \(problem); leave the column out, or write it as another type"
        case .unwritableFile(let path, let problem):
            "can't write \(path): \(problem)"
        case .noRows(let path, let problem):
            "\(path): \(problem); give a file with at least one row"
        case .malformed(let location, let column, let problem, let remedy):
            "\(location)\(column.map { ", column '\($0)'" } ?? ""): \(problem); \(remedy)"
        case .missingValue(let column, let row, let location):
            "\(Self.place(row, location)), column '\(column)': the value is missing; fill it in or remove the row"
        case .unknownColumn(let name, let available):
            "there is no column '\(name)'; the columns are \(Self.list(available))"
        case .duplicateColumn(let name, let file):
            "\(file.map { "\($0): " } ?? "")two columns are named '\(name)'; rename one of them"
        case .unknownSplit(let name, let available):
            "there is no split '\(name)'; the splits are \(Self.list(available))"
        case .typeMismatch(let column, let row, let location, let found, let wanted):
            "\(row.map { "\(Self.place($0, location)), " } ?? "")column '\(column)' is \(found) where \(wanted) is wanted"
        case .invalidArgument(let name, let problem):
            "\(name): \(problem)"
        case .storage(let problem):
            "Arrow: \(problem)"
        }
    }

    private static func place(_ row: Int, _ location: SourceLocation?) -> String {
        location.map { $0.line == nil ? "\($0), row \(row)" : "\($0)" } ?? "row \(row)"
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none" }
        let shown = names.prefix(50).map { "'\(Excerpt.of($0, limit: 100))'" }.joined(separator: ", ")
        return names.count > 50 ? shown + " and \(names.count - 50) more" : shown
    }
}
