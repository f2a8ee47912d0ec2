import Foundation
import Testing
import Tokenization

@Suite struct HostileInputTests {
    @Test("random scalars: offsets are in order and within the text", arguments: ["uncased", "cased", "generic"])
    func randomText(name: String) throws {
        let tokenizer = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent(name))
        var generator = SeededGenerator(state: 3)
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x250 : 0x110000
                if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator)) { text.append(scalar) }
            }
            let encoding = try tokenizer(String(text), addSpecialTokens: false)
            var end = 0
            for offset in encoding.offsets {
                // Scalars that became several tokens share their place.
                #expect(offset.lowerBound >= end - 1 && offset.upperBound <= text.count)
                end = offset.upperBound
            }
            _ = tokenizer.decode(encoding.inputIds)
        }
    }

    @Test("a damaged tokenizer.json loads or is an error", arguments: ["uncased", "generic"])
    func damagedFiles(name: String) throws {
        let original = [UInt8](
            try Data(contentsOf: TestFiles.fixtures.appendingPathComponent("\(name)/tokenizer.json")))
        var generator = SeededGenerator(state: 11)
        try TestFiles.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("tokenizer.json")
            for _ in 0..<400 {
                var bytes = original
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
                case 1:
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 2:
                    let start = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes.removeSubrange(start..<min(bytes.count, start + 20))
                default:
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes.insert(contentsOf: Array("-99999999999999999999".utf8), at: index)
                }
                try Data(bytes).write(to: file)
                do {
                    _ = try Tokenizer(folder: folder)("hello [MASK] wörld", textPair: "a")
                } catch let error as TokenizerError {
                    #expect(!error.description.contains("\n"))
                }
            }
        }
    }

    static let damages: [(name: String, from: String, to: String, message: String)] = [
        ("type", "\"BertNormalizer\"", "\"Unknown\"", "normalizer of type Unknown is not supported"),
        ("model", "\"WordPiece\",\n    \"unk_token\"", "\"XYZ\",\n    \"unk_token\"", "model of type XYZ is not"),
        ("duplicate", "\"a\": 5", "\"a\": 6", "have the same id 6"),
        ("range", "\"a\": 5", "\"a\": 99999999999", "out of range"),
        ("negative", "\"a\": 5", "\"a\": -1", "out of range"),
        ("fraction", "\"a\": 5", "\"a\": 5.5", "no whole number"),
        ("template", "\"id\": \"A\"", "\"id\": \"C\"", "a sequence is A or B, not C"),
        ("special", "\"[CLS]\": {", "\"[XYZ]\": {", "[CLS] is not among special_tokens"),
        ("missing", "\"max_input_chars_per_word\"", "\"x\"", "max_input_chars_per_word is missing"),
        ("syntax", "\"version\": \"1.0\",", "\"version\" \"1.0\",", "line 2"),
    ]

    @Test(arguments: damages.indices)
    func messages(index: Int) throws {
        let damage = Self.damages[index]
        let source = TestFiles.fixtures.appendingPathComponent("uncased/tokenizer.json")
        let original = try String(contentsOf: source, encoding: .utf8)
        let changed = original.replacingOccurrences(of: damage.from, with: damage.to)
        #expect(changed != original)
        try expectError(damage.message, "tokenizer.json", Array(changed.utf8))
    }

    @Test func otherFiles() throws {
        try expectError("expected tokenizer.json or vocab.txt", "other.txt", [])
        try expectError("not valid UTF-8", "vocab.txt", [0x61, 0xFF, 0x0A])
        try expectError("is empty", "vocab.txt", [])
        try expectError("deep", "tokenizer.json", Array(repeating: UInt8(ascii: "["), count: 100_000))
        try expectError("expected an object", "tokenizer.json", Array("[1]".utf8))
        try expectError("model is missing", "tokenizer.json", Array("{}".utf8))
    }

    private func expectError(_ message: String, _ name: String, _ bytes: [UInt8]) throws {
        try TestFiles.withTemporaryFolder { folder in
            try Data(bytes).write(to: folder.appendingPathComponent(name))
            do {
                _ = try Tokenizer(folder: folder)
                Issue.record("no error for \(name)")
            } catch {
                #expect("\(error)".contains(message), "\(error)")
            }
        }
    }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
