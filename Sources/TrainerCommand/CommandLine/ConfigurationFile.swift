import Foundation
import OrderedJSON
import Yams

/// The file of `--config`: names and values, in YAML or JSON.
enum ConfigurationFile {
    static func read(_ path: String) throws -> JSONObject {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.failed("--config: can't read \(path)")
        }
        let value: JSONValue
        if (path as NSString).pathExtension.lowercased() == "json" {
            value = try JSONValue(parsing: data, source: path)
        } else {
            guard let text = String(validating: data, as: UTF8.self) else {
                throw CommandFailure.failed("\(path) is not UTF-8")
            }
            do {
                value = try Yams.compose(yaml: text).map { try json($0, path: path) } ?? .object([:])
            } catch let error as YamlError {
                throw CommandFailure.failed("\(path): \(String(describing: error))")
            }
        }
        guard let object = value.objectValue else {
            throw CommandFailure.failed("\(path) must hold names with values, such as `learning_rate: 5e-5`")
        }
        return object
    }

    /// The value as one word of a command line; nil for null.
    static func word(_ value: JSONValue, key: String, file: String) throws -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        case .bool, .int, .double: value.serialized()
        case .array, .object: throw CommandFailure.failed("\(file): \(key) takes one value")
        }
    }

    /// Plain scalars stay text, for the arguments know their types: YAML would make `no` a truth value, and `1e-5` a
    /// text.
    private static func json(_ node: Node, path: String) throws -> JSONValue {
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            return !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
                ? .null : .string(scalar.string)
        case .sequence(let sequence): return .array(try sequence.map { try json($0, path: path) })
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, value) in mapping {
                guard let name = key.string else {
                    throw CommandFailure.failed("\(path): names must be texts")
                }
                guard object[name] == nil else { throw CommandFailure.failed("\(path): \(name) stands twice") }
                object[name] = try json(value, path: path)
            }
            return .object(object)
        case .alias: throw CommandFailure.failed("\(path): aliases are not supported")
        }
    }
}
