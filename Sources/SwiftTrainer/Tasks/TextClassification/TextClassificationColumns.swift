public import Datasets

/// Which columns hold the text, its pair and the label.
public struct TextClassificationColumns: Sendable, Hashable {
    public var text: String
    /// The second text of pairs; nil for single texts.
    public var textPair: String?
    /// nil where rows have no labels.
    public var label: String?

    public init(text: String, textPair: String? = nil, label: String? = nil) {
        self.text = text
        self.textPair = textPair
        self.label = label
    }

    /// Names that a text column usually has, the likeliest first.
    static let textNames = [
        "text", "sentence", "review", "content", "document", "body", "message", "comment", "utterance", "query",
        "title", "sentence1", "question", "premise",
    ]
    /// Names that a label column usually has, the likeliest first.
    static let labelNames = ["label", "labels", "class", "category", "target", "sentiment", "intent", "topic", "stars"]

    static let usualNames = Set(textNames + labelNames).union(["sentence2", "hypothesis"])
}

/// What is known about the columns before the file is seen: names that were given or stored.
public struct ColumnChoice: Sendable, Hashable {
    public var text: String?
    public var textPair: String?
    public var label: String?

    public init(text: String? = nil, textPair: String? = nil, label: String? = nil) {
        self.text = text
        self.textPair = textPair
        self.label = label
    }

    /// The names that are given.
    public var names: Set<String> { Set([text, textPair, label].compactMap { $0 }) }

    /// Finds the columns in a file's.
    ///
    /// - Parameters:
    ///   - dataset: the file's rows.
    ///   - file: its name for errors.
    ///   - needsLabel: whether rows without labels are an error; if not, a label column is looked for all the same.
    /// - Returns: the columns, and a note for each that was guessed.
    /// - Throws: ``TextClassificationError`` naming the columns that there are.
    public func columns(
        in dataset: Dataset, file: String, needsLabel: Bool
    ) throws -> (columns: TextClassificationColumns, notes: [String]) {
        let available = dataset.columnNames
        var notes: [String] = []
        func find(_ given: String?, _ usual: [String], role: String, flag: String, isNeeded: Bool) throws -> String? {
            if let given {
                if available.contains(given) { return given }
                throw TextClassificationError.missingColumn(
                    name: given, flag: flag, file: file, available: available)
            }
            let guess = usual.lazy.compactMap { name in available.first { $0.lowercased() == name } }
                .first { !names.contains($0) }
            if let guess {
                notes.append("the column '\(guess)' is taken for the \(role); \(flag) names another")
            } else if isNeeded {
                throw TextClassificationError.noColumn(role: role, flag: flag, file: file, available: available)
            }
            return guess
        }
        let found = try find(
            text, TextClassificationColumns.textNames, role: "text", flag: "--text-column", isNeeded: true)
        let pair = try textPair.flatMap {
            try find($0, [], role: "text pair", flag: "--text-pair-column", isNeeded: true)
        }
        let label =
            needsLabel
            ? try find(
                label, TextClassificationColumns.labelNames, role: "label", flag: "--label-column", isNeeded: true)
            : nil
        let columns = TextClassificationColumns(text: found ?? "", textPair: pair, label: label)
        if columns.label == columns.text {
            throw TextClassificationError.sameColumn(name: columns.text, roles: "text and label")
        }
        if columns.textPair != nil, columns.textPair == columns.label || columns.textPair == columns.text {
            throw TextClassificationError.sameColumn(
                name: columns.textPair ?? "", roles: "text pair and another column")
        }
        return (columns, notes)
    }
}
