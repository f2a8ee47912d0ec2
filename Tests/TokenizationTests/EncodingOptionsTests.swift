import Foundation
import OrderedJSON
import Testing
import Tokenization

/// Every option of a call against the peer (`scripts/fixtures/tokenization_options.py`).
@Suite struct EncodingOptionsTests {
    static let layouts = ["template", "same_type", "second_first", "bert", "bare", "roberta", "gpt2"]

    @Test("overflow, words, sides and positions are the peer's", arguments: layouts)
    func golden(layout: String) throws {
        let folder = TestFiles.fixtures.appendingPathComponent("options/\(layout)")
        let lines = try Data(contentsOf: folder.appendingPathComponent("cases.jsonl")).split(separator: 0x0A)
        var tokenizers: [[String]: Tokenizer] = [:]
        for line in lines {
            let value = try JSONValue(parsing: Data(line))
            let sides = value["sides"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let tokenizer: Tokenizer
            if let known = tokenizers[sides] {
                tokenizer = known
            } else {
                tokenizer = try Self.tokenizer(folder, sides)
                tokenizers[sides] = tokenizer
            }
            let wrong = OptionsCase(value).differences(tokenizer)
            #expect(wrong == [], "\(String(decoding: line.prefix(300), as: UTF8.self))")
        }
        #expect(lines.count > 90)
    }

    /// The tokenizer with its sides of padding and truncation set.
    private static func tokenizer(_ folder: URL, _ sides: [String]) throws -> Tokenizer {
        try TestFiles.withTemporaryFolder { copy in
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent("tokenizer.json"), to: copy.appendingPathComponent("tokenizer.json"))
            var settings =
                try JSONValue(
                    parsing: Data(contentsOf: folder.appendingPathComponent("tokenizer_config.json"))
                ).objectValue ?? [:]
            settings["padding_side"] = .string(sides[0])
            settings["truncation_side"] = .string(sides[1])
            try Data(JSONValue.object(settings).serializedBytes()).write(
                to: copy.appendingPathComponent("tokenizer_config.json"))
            return try Tokenizer(folder: copy)
        }
    }
}

/// What the peer was asked and answered.
private struct OptionsCase {
    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    private func strings(_ value: JSONValue?) -> [String]? { value?.arrayValue?.compactMap(\.stringValue) }

    private func encode(_ tokenizer: Tokenizer) throws -> BatchEncoding {
        let options = value["options"]
        let padding: Padding =
            switch options?["padding"] {
            case .some(.bool(let flag)): Padding(booleanLiteral: flag)
            case .some(.string(let name)): Padding(rawValue: name) ?? .doNotPad
            default: .doNotPad
            }
        let truncation: Truncation? =
            switch options?["truncation"] {
            case .some(.bool(let flag)): Truncation(booleanLiteral: flag)
            case .some(.string(let name)): Truncation(rawValue: name)
            default: nil
            }
        let special = options?["add_special_tokens"]?.boolValue ?? true
        let length = options?["max_length"]?.intValue
        let stride = options?["stride"]?.intValue ?? 0
        let text = value["text"]
        let pair = value["pair"]
        if value["words"]?.boolValue == true {
            let words = text?.arrayValue ?? []
            if let first = words.first, first.arrayValue != nil {
                return try tokenizer(
                    batchWords: words.map { strings($0) ?? [] }, padding: padding, truncation: truncation,
                    maxLength: length, stride: stride, returnOverflowingTokens: true)
            }
            return try single(
                try tokenizer(
                    words: strings(text) ?? [], pairWords: strings(pair), addSpecialTokens: special, padding: padding,
                    truncation: truncation, maxLength: length, stride: stride, returnOverflowingTokens: true),
                tokenizer)
        }
        if let texts = strings(text) {
            return try tokenizer(
                batch: texts, textPairs: strings(pair), padding: padding, truncation: truncation, maxLength: length,
                stride: stride, returnOverflowingTokens: true)
        }
        return try single(
            try tokenizer(
                text?.stringValue ?? "", textPair: pair?.stringValue, addSpecialTokens: special, padding: padding,
                truncation: truncation, maxLength: length, stride: stride, returnOverflowingTokens: true),
            tokenizer)
    }

    private func single(_ encoding: Encoding, _ tokenizer: Tokenizer) throws -> BatchEncoding {
        // Python returns the parts of a single text as a batch.
        try tokenizer.pad([encoding] + encoding.overflowing, padding: .doNotPad)
    }

    func differences(_ tokenizer: Tokenizer) -> [String] {
        let batch: BatchEncoding
        do {
            batch = try encode(tokenizer)
        } catch {
            return value["error"] == nil ? ["\(error)"] : []
        }
        if value["error"] != nil { return ["no error"] }
        var wrong: [String] = []
        func compare(_ name: String, _ ours: JSONValue) {
            if value[name] != ours {
                wrong.append("\(name): \(ours.serialized()), not \(value[name]?.serialized() ?? "")")
            }
        }
        func rows(_ rows: [[Int32]]) -> JSONValue { .array(rows.map { .array($0.map { .int(Int($0)) }) }) }
        func optional(_ rows: [[Int?]]) -> JSONValue {
            .array(rows.map { .array($0.map { $0.map(JSONValue.int) ?? .null }) })
        }
        compare("input_ids", rows(batch.inputIds))
        compare("token_type_ids", rows(batch.tokenTypeIds))
        compare("attention_mask", rows(batch.attentionMask))
        compare("special_tokens_mask", rows(batch.specialTokensMask))
        compare("offset_mapping", .array(batch.map { .array($0.offsets.map(Self.range)) }))
        compare("word_ids", optional(batch.map(\.wordIds)))
        compare("sequence_ids", optional(batch.map(\.sequenceIds)))
        if value["text"]?.arrayValue?.first?.arrayValue != nil {
            compare("overflow_to_sample_mapping", .array(batch.overflowToSampleMapping.map(JSONValue.int)))
        }
        if let positions = value["positions"] {
            wrong += positionDifferences(positions, batch[0])
        }
        return wrong
    }

    private static func range(_ range: Range<Int>) -> JSONValue { [.int(range.lowerBound), .int(range.upperBound)] }
    private static func range(_ range: Range<Int>?) -> JSONValue { range.map(Self.range) ?? .null }
    private static func int(_ int: Int?) -> JSONValue { int.map(JSONValue.int) ?? .null }

    private func positionDifferences(_ expected: JSONValue, _ encoding: Encoding) -> [String] {
        var wrong: [String] = []
        func compare(_ name: String, _ ours: JSONValue) {
            if expected[name] != ours {
                wrong.append("\(name): \(ours.serialized()), not \(expected[name]?.serialized() ?? "")")
            }
        }
        func both(_ name: String, _ count: Int, _ body: (Int, Int) -> JSONValue) -> JSONValue {
            // Without a second text Python looks for it in the first.
            .array(
                (0...1).map { sequence in
                    if sequence == 1, !encoding.sequenceIds.contains(1) {
                        return expected[name]?.arrayValue?[1] ?? .null
                    }
                    return .array((0..<count).map { body($0, sequence) })
                })
        }
        compare("char_to_token", both("char_to_token", 14) { Self.int(encoding.charToToken($0, sequenceIndex: $1)) })
        compare("char_to_word", both("char_to_word", 14) { Self.int(encoding.charToWord($0, sequenceIndex: $1)) })
        compare(
            "word_to_tokens", both("word_to_tokens", 6) { Self.range(encoding.wordToTokens($0, sequenceIndex: $1)) })
        compare("word_to_chars", both("word_to_chars", 6) { Self.range(encoding.wordToChars($0, sequenceIndex: $1)) })
        compare("token_to_chars", .array((0..<encoding.count).map { Self.range(encoding.tokenToChars($0)) }))
        compare("token_to_word", .array((0..<encoding.count).map { Self.int(encoding.tokenToWord($0)) }))
        return wrong
    }
}
