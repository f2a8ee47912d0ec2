import Foundation
public import OrderedJSON
import Training

/// What training leaves beside the model so that `evaluate` and `predict` read files in the same way: `task.json`.
public struct TaskSettings: Sendable, Hashable {
    public static let fileName = "task.json"

    /// `text-classification`, `token-classification`, ….
    public var task: String
    /// Columns, lengths and the like.
    public var values: JSONObject

    public init(task: String, values: JSONObject = JSONObject()) {
        self.task = task
        self.values = values
    }

    public subscript(key: String) -> JSONValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// Reads the settings of a folder; nil where there are none, as in a folder that Python wrote. A checkpoint's folder
    /// has those of the output folder around it.
    ///
    /// - Throws: `JSONError`, or ``TextClassificationError/unsuitableModel(folder:problem:)`` where the file names no task.
    public static func load(folder: String) throws -> TaskSettings? {
        let places = [folder, (folder as NSString).deletingLastPathComponent]
        let isCheckpoint = (folder as NSString).lastPathComponent.hasPrefix("checkpoint-")
        for place in isCheckpoint ? places : [folder] {
            let path = (place as NSString).appendingPathComponent(fileName)
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            let json = try JSONValue(parsing: data, source: path)
            guard var values = json.objectValue, let task = values["task"]?.stringValue else {
                throw TextClassificationError.unsuitableModel(
                    folder: place, problem: "\(fileName) does not name a task")
            }
            values["task"] = nil
            return TaskSettings(task: task, values: values)
        }
        return nil
    }

    /// Writes the settings into a folder; the file is replaced as a whole.
    public func save(folder: String) throws {
        var object: JSONObject = ["task": .string(task)]
        for (key, value) in values { object[key] = value }
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
