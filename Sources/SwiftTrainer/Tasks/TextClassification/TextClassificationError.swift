/// Data or folders that can't be used for text classification. `description` is one line: what, where, what to do.
public enum TextClassificationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's name ends in something else than the formats that are read.
    case unknownFormat(path: String)
    /// No column was named and none has a usual name.
    case noColumn(role: String, flag: String, file: String, available: [String])
    /// A column was named that the file lacks.
    case missingColumn(name: String, flag: String, file: String, available: [String])
    /// Two roles were given one column.
    case sameColumn(name: String, roles: String)
    /// A label that can't be one.
    case badLabel(place: String, label: String, problem: String)
    /// Every row has the same label.
    case oneClass(file: String, label: String)
    /// A label that the classes of the model or of the training data lack.
    case unknownLabel(place: String, label: String, known: [String])
    /// There are no rows.
    case noRows(file: String)
    /// A model that has something else than the classes of the data.
    case unsuitableModel(folder: String, problem: String)
    /// A setting out of range.
    case invalidSetting(String)

    public var description: String {
        switch self {
        case .unknownFormat(let path):
            "\(path): its name must end in .csv, .tsv, .json, .jsonl, .txt, .parquet or .arrow, which says how it is read "
                + "(all files of a list alike; text may be compressed: .gz, .zst, .bz2, .lz4)"
        case .noColumn(let role, let flag, let file, let available):
            "\(file) has no column with a usual name for the \(role); name it with \(flag), "
                + "the columns are \(Self.list(available))"
        case .missingColumn(let name, let flag, let file, let available):
            "\(flag): \(file) has no column '\(name)'; the columns are \(Self.list(available))"
        case .sameColumn(let name, let roles): "the column '\(name)' can't be both \(roles)"
        case .badLabel(let place, let label, let problem): "\(place): the label '\(Self.short(label))' \(problem)"
        case .oneClass(let file, let label):
            "\(file): every row has the label '\(Self.short(label))'; classification needs at least two classes"
        case .unknownLabel(let place, let label, let known):
            "\(place): the label '\(Self.short(label))' is none of the \(known.count) classes "
                + Self.list(known.prefix(10).map(Self.short)) + (known.count > 10 ? ", …" : "")
        case .noRows(let file): "\(file): there are no rows"
        case .unsuitableModel(let folder, let problem): "\(folder): \(problem)"
        case .invalidSetting(let problem): problem
        }
    }

    private static func list(_ names: some Sequence<String>) -> String {
        let text = names.map { "'\($0)'" }.joined(separator: ", ")
        return text.isEmpty ? "none" : text
    }

    private static func short(_ text: String) -> String {
        let line = text.replacing("\n", with: " ").replacing("\r", with: " ")
        return line.count > 40 ? line.prefix(40) + "…" : line
    }
}
