import Foundation
import Tokenization

/// Where the tests' files lie.
enum TestFiles {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    /// The folder with larger golden files and data, which not every machine has.
    static let shared: URL = {
        if let path = ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"] { return URL(fileURLWithPath: path) }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../shared").standardizedFileURL
    }()

    static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    /// Runs `body` with a new folder that is removed afterwards.
    static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tokenization-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// One line of a file that the Python peer made: what was asked and what came out.
struct GoldenCase: Decodable {
    struct Options: Decodable {
        var truncation: Flag?
        var padding: String?
        var maxLength: Int?
        var padToMultipleOf: Int?
        var paddingSide: String?
        var addSpecialTokens: Bool?
    }

    /// Python's `True` or a name.
    enum Flag: Decodable {
        case on(Bool)
        case name(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .on(flag)
            } else {
                self = .name(try container.decode(String.self))
            }
        }
    }

    /// Numbers of one text or, for a batch, of several.
    enum Numbers<Element: Decodable & Equatable>: Decodable {
        case one([Element])
        case many([[Element]])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // An empty list is one text without tokens.
            if let many = try? container.decode([[Element]].self), !many.isEmpty {
                self = .many(many)
            } else {
                self = .one(try container.decode([Element].self))
            }
        }

        var rows: [[Element]] {
            switch self {
            case .one(let row): [row]
            case .many(let rows): rows
            }
        }
    }

    /// Offsets of one text or of several.
    struct Offset: Decodable, Equatable {
        let range: Range<Int>

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            let start = try container.decode(Int.self)
            range = start..<(try container.decode(Int.self))
        }
    }

    let kind: String
    let text: String?
    let pair: String?
    let texts: [String]?
    let options: Options?
    let error: String?
    let inputIds: Numbers<Int32>?
    let tokenTypeIds: Numbers<Int32>?
    let attentionMask: Numbers<Int32>?
    let specialTokensMask: Numbers<Int32>?
    let offsetMapping: Numbers<Offset>?
    let wordIds: [Int?]?
    let tokens: [String]?
    let decoded: String?
    let decodedSkipSpecial: String?

    /// The cases of a JSON Lines file, headers left out.
    static func read(_ url: URL) throws -> [GoldenCase] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(GoldenCase.self, from: Data($0))
        }.filter { $0.kind != "header" }
    }

    private var truncation: Truncation? {
        switch options?.truncation {
        case nil: nil
        case .on(let flag): Truncation(booleanLiteral: flag)
        case .name(let name): Truncation(rawValue: name)
        }
    }

    private var padding: Padding { options?.padding.flatMap(Padding.init(rawValue:)) ?? .doNotPad }
    private var side: Side? { options?.paddingSide.flatMap(Side.init(rawValue:)) }

    private func encodings(_ tokenizer: Tokenizer) throws -> [Encoding] {
        if let texts {
            return try tokenizer(
                batch: texts, padding: padding, truncation: truncation, maxLength: options?.maxLength,
                padToMultipleOf: options?.padToMultipleOf, paddingSide: side
            ).encodings
        }
        return [
            try tokenizer(
                text ?? "", textPair: pair, addSpecialTokens: options?.addSpecialTokens ?? true, padding: padding,
                truncation: truncation, maxLength: options?.maxLength, padToMultipleOf: options?.padToMultipleOf,
                paddingSide: side)
        ]
    }

    /// What differs from the peer; nil where nothing does.
    func difference(_ tokenizer: Tokenizer) -> String? {
        let place = "\(kind) \(text.debugDescription) \(pair.debugDescription)"
        if kind == "decode" { return decodingDifference(tokenizer).map { "\(place): \($0)" } }
        do {
            let encodings = try encodings(tokenizer)
            if error != nil { return "\(place): no error" }
            var wrong: [String] = []
            if encodings.map(\.inputIds) != inputIds?.rows { wrong.append("ids") }
            if encodings.map(\.tokenTypeIds) != tokenTypeIds?.rows { wrong.append("type ids") }
            if encodings.map(\.attentionMask) != attentionMask?.rows { wrong.append("attention mask") }
            if encodings.map(\.specialTokensMask) != specialTokensMask?.rows { wrong.append("special-tokens mask") }
            if encodings.map(\.offsets) != offsetMapping?.rows.map({ $0.map(\.range) }) { wrong.append("offsets") }
            if let wordIds, encodings[0].wordIds != wordIds { wrong.append("word ids") }
            return wrong.isEmpty ? nil : "\(place): \(wrong.joined(separator: ", "))"
        } catch {
            return self.error == nil ? "\(place): \(error)" : nil
        }
    }

    private func decodingDifference(_ tokenizer: Tokenizer) -> String? {
        let ids = inputIds?.rows.first ?? []
        if tokenizer.convertIdsToTokens(ids.map(Int.init)) != tokens?.map(Optional.some) { return "tokens" }
        // Compared as bytes: equal strings may still be different scalars.
        if decoded.map({ Array($0.utf8) }) != Array(tokenizer.decode(ids).utf8) { return "decoded text" }
        let skipped = Array(tokenizer.decode(ids, skipSpecialTokens: true).utf8)
        return decodedSkipSpecial.map { Array($0.utf8) } == skipped ? nil : "decoded text without special tokens"
    }
}
