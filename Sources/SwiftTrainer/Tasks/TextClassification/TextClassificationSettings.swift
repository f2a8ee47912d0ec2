import OrderedJSON

/// The ``TaskSettings`` of a text classification.
public struct TextClassificationSettings: Sendable, Hashable {
    public static let task = "text-classification"

    public var columns: TextClassificationColumns
    /// nil for the most that the model takes.
    public var maxLength: Int?
    /// What stands between several labels of a cell; nil: a comma.
    public var labelSeparator: String?

    public init(columns: TextClassificationColumns, maxLength: Int? = nil, labelSeparator: String? = nil) {
        self.columns = columns
        self.maxLength = maxLength
        self.labelSeparator = labelSeparator
    }

    /// Reads the settings of a folder; see ``TaskSettings/load(folder:)``.
    ///
    /// - Throws: `JSONError`, or ``TextClassificationError/unsuitableModel(folder:problem:)`` for another task.
    public static func load(folder: String) throws -> TextClassificationSettings? {
        guard let settings = try TaskSettings.load(folder: folder) else { return nil }
        guard settings.task == task, let text = settings["text_column"]?.stringValue else {
            throw TextClassificationError.unsuitableModel(
                folder: folder, problem: "\(TaskSettings.fileName) does not describe a \(task)")
        }
        return TextClassificationSettings(
            columns: TextClassificationColumns(
                text: text, textPair: settings["text_pair_column"]?.stringValue,
                label: settings["label_column"]?.stringValue),
            maxLength: settings["max_length"]?.intValue, labelSeparator: settings["label_separator"]?.stringValue)
    }

    /// The values as `task.json` has them.
    public var settings: TaskSettings {
        var result = TaskSettings(task: Self.task, values: ["text_column": .string(columns.text)])
        result["text_pair_column"] = columns.textPair.map { .string($0) }
        result["label_column"] = columns.label.map { .string($0) }
        result["max_length"] = maxLength.map { .int($0) }
        result["label_separator"] = labelSeparator.map { .string($0) }
        return result
    }

    /// Writes the settings into a folder; the file is replaced as a whole.
    public func save(folder: String) throws { try settings.save(folder: folder) }
}
