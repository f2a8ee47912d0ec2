import Foundation
import OrderedJSON
import SwiftTrainer

/// What Python gave, as scripts/fixtures/tasks wrote it down, and the two small tokenizers that it had.
enum TaskFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/tasks")
    static let tokenizers = ["wordpiece", "bytelevel"]

    static func tokenizer(_ name: String) throws -> Tokenizer {
        try AutoTokenizer.fromPretrained(folder: folder.appending(path: name))
    }

    /// One of them with other settings in `tokenizer_config.json`.
    static func tokenizer(_ name: String, _ settings: JSONObject) throws -> Tokenizer {
        let copy = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        try FileManager.default.copyItem(at: folder.appending(path: name), to: copy)
        let file = copy.appending(path: "tokenizer_config.json")
        var config = try JSONValue(parsing: Data(contentsOf: file)).objectValue ?? JSONObject()
        for (key, value) in settings.members { config[key] = value }
        try Data(JSONValue.object(config).serialized().utf8).write(to: file)
        return try AutoTokenizer.fromPretrained(folder: copy)
    }

    /// `wordpiece-left`: the tokenizer that pads on the left.
    static func padding(_ name: String) throws -> Tokenizer {
        let parts = name.split(separator: "-").map(String.init)
        return try tokenizer(parts[0], ["padding_side": .string(parts[1])])
    }

    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Data(contentsOf: folder.appending(path: name)), source: name)
    }

    /// Data that only some machines have; nil elsewhere.
    static func shared(_ path: String) -> String? {
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        let folder = ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"] ?? root.appending(path: "shared").path
        let found = "\(folder)/\(path)"
        return FileManager.default.fileExists(atPath: found) ? found : nil
    }
}

extension JSONValue {
    var ints: [Int] { arrayValue?.compactMap(\.intValue) ?? [] }
    var int32s: [Int32] { ints.map { Int32($0) } }
    var doubles: [Double] { arrayValue?.compactMap(\.doubleValue) ?? [] }
    var strings: [String] { arrayValue?.compactMap(\.stringValue) ?? [] }
    var list: [JSONValue] { arrayValue ?? [] }
}

/// The text of an error that `body` throws; nil where it throws none.
func message(of body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return "\(error)"
    }
}

/// A generator whose numbers are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
