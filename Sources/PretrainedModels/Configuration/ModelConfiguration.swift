public import Foundation
public import OrderedJSON
import Training

/// A model's `config.json`: kept whole and in order, so that keys this package does not know survive loading and saving.
public struct ModelConfiguration: Sendable, Hashable {
    /// All keys and values.
    public private(set) var values: JSONObject
    /// Where it came from, for messages.
    public var source: String
    /// The repository or folder that the model was loaded from; never written. nil for models made anew.
    public var nameOrPath: String?

    public init(_ values: JSONObject = JSONObject(), source: String = "the configuration") {
        self.values = values
        self.source = source
    }

    /// Reads `config.json` of a folder.
    ///
    /// - Throws: ``PretrainedModelError`` where there is none, or it is no JSON object.
    public init(folder: URL) throws { try self.init(folder: folder, file: "config.json") }

    init(folder: URL, file name: String) throws {
        let file = folder.appending(path: name)
        guard let data = try? Data(contentsOf: file) else {
            throw PretrainedModelError.noConfiguration(folder: folder.path)
        }
        let json = try JSONValue(parsing: data, source: file.path)
        guard let object = json.objectValue else {
            throw PretrainedModelError.configuration(file.path, "it holds no JSON object")
        }
        self.init(object, source: file.path)
    }

    public subscript(key: String) -> JSONValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// `model_type`, for example `bert`.
    public var modelType: String? { self["model_type"]?.stringValue }

    /// Number of labels: as many as `id2label` names, 2 where nothing is said.
    public var numLabels: Int {
        if let names = self["id2label"]?.objectValue { return names.count }
        return self["num_labels"]?.intValue ?? 2
    }

    /// The labels' names by class id.
    public var labels: [String] {
        get {
            let names = self["id2label"]?.objectValue
            return (0..<numLabels).map { names?["\($0)"]?.stringValue ?? "LABEL_\($0)" }
        }
        set {
            var id2label = JSONObject()
            var label2id = JSONObject()
            for (id, name) in newValue.enumerated() {
                id2label["\(id)"] = .string(name)
                label2id[name] = .int(id)
            }
            self["id2label"] = .object(id2label)
            self["label2id"] = .object(label2id)
            values["num_labels"] = nil
        }
    }

    /// The file's text as Python writes it: sorted keys, two spaces.
    public var fileContents: Data {
        Data((JSONValue.object(values).serialized(JSONFormat(indent: 2, sortKeys: true)) + "\n").utf8)
    }
}

extension ModelConfiguration {
    /// Checks what decides the number and the names of labels.
    ///
    /// - Throws: ``PretrainedModelError/configuration(_:_:)``.
    public func checkLabels() throws {
        _ = try int("num_labels", default: 2, in: 1...1_000_000)
        guard let value = self["id2label"], value != .null else { return }
        let names = value.objectValue
        let count = names?.count ?? 0
        guard count > 0, (0..<count).allSatisfy({ names?["\($0)"]?.stringValue != nil }) else {
            throw invalid("id2label", value, "it must name the ids 0, 1, 2, … without a gap")
        }
    }
}

// Typed reading, with errors that name file, key and value.
extension ModelConfiguration {
    func int(_ key: String, default fallback: Int, in range: ClosedRange<Int> = 1...(1 << 30)) throws -> Int {
        guard let value = self[key], value != .null else { return fallback }
        guard let number = value.intValue else { throw invalid(key, value, "a whole number is expected") }
        guard range.contains(number) else {
            throw invalid(key, value, "it must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    func int(_ field: EncoderFields.Size, in range: ClosedRange<Int>) throws -> Int {
        try int(field.key, default: field.value, in: range)
    }

    /// A dropout's probability.
    func probability(_ field: EncoderFields.Number) throws -> Double {
        try double(field.key, default: field.value, in: 0...0.999)
    }

    /// A dropout's probability; nil where the file has none.
    func optionalProbability(_ key: String) throws -> Double? {
        guard let value = self[key], value != .null else { return nil }
        return try double(key, default: 0, in: 0...0.999)
    }

    func activation(_ key: String, default fallback: String) throws -> Activation {
        let name = try string(key, default: fallback)
        guard let activation = Activation(rawValue: name) else {
            throw invalid(
                key, .string(name), "supported: \(Activation.allCases.map { $0.rawValue }.joined(separator: ", "))")
        }
        return activation
    }

    func optionalInt(_ key: String, default fallback: Int?) throws -> Int? {
        guard let value = self[key] else { return fallback }
        if value == .null { return nil }
        guard let number = value.intValue else { throw invalid(key, value, "a whole number is expected") }
        return number
    }

    func double(_ key: String, default fallback: Double, in range: ClosedRange<Double>) throws -> Double {
        guard let value = self[key], value != .null else { return fallback }
        guard let number = value.doubleValue, range.contains(number) else {
            throw invalid(key, value, "a number between \(range.lowerBound) and \(range.upperBound) is expected")
        }
        return number
    }

    func string(_ key: String, default fallback: String) throws -> String {
        guard let value = self[key], value != .null else { return fallback }
        guard let text = value.stringValue else { throw invalid(key, value, "a text is expected") }
        return text
    }

    func invalid(_ key: String, _ value: JSONValue, _ reason: String) -> PretrainedModelError {
        .configuration(source, "\(key) is \(value.serialized(.compact)): \(reason)")
    }
}
