import Foundation
import OrderedJSON
import Training

/// What training leaves beside the model so that `evaluate` and `predict` read files in the same way: `task.json`.
public struct TextClassificationSettings: Sendable, Hashable {
    public static let fileName = "task.json"
    /// The one task so far.
    public static let task = "text-classification"

    public var columns: TextClassificationColumns
    /// nil for the most that the model takes.
    public var maxLength: Int?

    public init(columns: TextClassificationColumns, maxLength: Int? = nil) {
        self.columns = columns
        self.maxLength = maxLength
    }

    /// Reads the settings of a folder; nil where there are none, as in a folder that Python wrote. A checkpoint's folder
    /// has those of the output folder around it.
    ///
    /// - Throws: `JSONError`, or ``TextClassificationError/unsuitableModel(folder:problem:)`` for another task.
    public static func load(folder: String) throws -> TextClassificationSettings? {
        let places = [folder, (folder as NSString).deletingLastPathComponent]
        let isCheckpoint = (folder as NSString).lastPathComponent.hasPrefix("checkpoint-")
        for place in isCheckpoint ? places : [folder] {
            let path = (place as NSString).appendingPathComponent(fileName)
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            let json = try JSONValue(parsing: data, source: path)
            guard json["task"]?.stringValue == task, let text = json["text_column"]?.stringValue else {
                throw TextClassificationError.unsuitableModel(
                    folder: place, problem: "\(fileName) does not describe a \(task)")
            }
            return TextClassificationSettings(
                columns: TextClassificationColumns(
                    text: text, textPair: json["text_pair_column"]?.stringValue,
                    label: json["label_column"]?.stringValue),
                maxLength: json["max_length"]?.intValue)
        }
        return nil
    }

    /// Writes the settings into a folder; the file is replaced as a whole.
    public func save(folder: String) throws {
        var object: JSONObject = ["task": .string(Self.task), "text_column": .string(columns.text)]
        object["text_pair_column"] = columns.textPair.map { .string($0) }
        object["label_column"] = columns.label.map { .string($0) }
        object["max_length"] = maxLength.map { .int($0) }
        let text = JSONValue.object(object).serialized(JSONFormat(indent: 2, ensureASCII: false)) + "\n"
        let url = URL(fileURLWithPath: folder).appendingPathComponent(Self.fileName)
        do {
            try DiskFileOperations().replace(url.path, Data(text.utf8))
        } catch {
            throw TextClassificationError.unsuitableModel(
                folder: folder, problem: "\(Self.fileName) cannot be written: \(error)")
        }
    }
}
