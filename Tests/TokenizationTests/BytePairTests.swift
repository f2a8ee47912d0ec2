import Foundation
import Testing
import Tokenization

/// Pre-tokenizers and byte-pair encoding one by one, and the classes made of them.
@Suite struct BytePairTests {
    /// A line of `byte-pair.jsonl`: a tokenizer, or a case of the one before.
    private struct Line: Decodable {
        var text: String?
        var offsets: [GoldenCase.Offset]?
        var ids: [Int32]?
        var words: [Int?]?
        var tokens: [String]?
        var decoded: String?
    }

    @Test("each step gives the peer's places, ids, words and text")
    func steps() throws {
        let lines = try Data(contentsOf: TestFiles.fixtures.appendingPathComponent("byte-pair.jsonl"))
            .split(separator: UInt8(ascii: "\n"))
        let start = Data(#"{"tokenizer": "#.utf8)
        var tokenizer: Tokenizer?
        var name = ""
        var compared = 0
        for line in lines {
            if line.starts(with: start) {
                let json = line.dropFirst(start.count).dropLast()
                name = String(decoding: json.prefix(600), as: UTF8.self)
                tokenizer = try TestFiles.withTemporaryFolder { folder in
                    try Data(json).write(to: folder.appendingPathComponent("tokenizer.json"))
                    return try Tokenizer(folder: folder)
                }
                continue
            }
            let expected = try JSONDecoder().decode(Line.self, from: Data(line))
            let loaded = try #require(tokenizer)
            let text = try #require(expected.text)
            let encoding = try loaded(text, truncation: false)
            compared += 1
            #expect(encoding.offsets == expected.offsets?.map(\.range), "\(text.debugDescription): \(name)")
            guard let ids = expected.ids else { continue }
            #expect(encoding.inputIds == ids, "\(text.debugDescription): \(name)")
            #expect(encoding.wordIds == expected.words, "\(text.debugDescription): \(name)")
            #expect(encoding.tokens == expected.tokens, "\(text.debugDescription): \(name)")
            #expect(Array(loaded.decode(ids).utf8) == expected.decoded.map { Array($0.utf8) }, "\(text): \(name)")
        }
        #expect(compared > 1000)
    }

    @Test(
        "vocab.json and merges.txt make the class's tokenizer",
        arguments: ["gpt2", "roberta", "roberta-prefix", "qwen2"])
    func byteLevelClasses(name: String) throws {
        let folder = TestFiles.fixtures.appendingPathComponent("byte-level/\(name)")
        let cases = try GoldenCase.read(folder.appendingPathComponent("cases.jsonl"))
        let tokenizer = try Tokenizer(folder: folder)
        #expect(cases.count > 150)
        #expect(cases.compactMap { $0.difference(tokenizer) } == [])
        // What is saved loads as the same tokenizer.
        try TestFiles.withTemporaryFolder { saved in
            try tokenizer.savePretrained(saved)
            let reloaded = try Tokenizer(folder: saved)
            #expect(cases.compactMap { $0.difference(reloaded) } == [])
        }
    }

    private static let model = #""type": "BPE", "unk_token": null, "vocab": {"a": 0, "b": 1, "ab": 2}"#

    static let damages: [(name: String, json: String, message: String)] = [
        ("merges missing", "{\(model)}", "merges is missing"),
        ("merges no array", #"{\#(model), "merges": "a b"}"#, "model.merges: expected an array"),
        ("three parts", #"{\#(model), "merges": ["a b c"]}"#, "is not two tokens separated by a space"),
        ("one part", #"{\#(model), "merges": ["ab"]}"#, "merge 0, \"ab\", is not two tokens"),
        ("a number", #"{\#(model), "merges": [["a", 1]]}"#, "merge 0 is neither a string nor two strings"),
        ("left unknown", #"{\#(model), "merges": [["x", "b"]]}"#, "needs the token x, which is not in the vocabulary"),
        ("right unknown", #"{\#(model), "merges": [["a", "x"]]}"#, "needs the token x, which is not in the vocabulary"),
        (
            "result unknown", #"{\#(model), "merges": [["b", "a"]]}"#,
            "needs the token ba, which is not in the vocabulary"
        ),
        ("no prefix", #"{\#(model), "merges": [["a", "b"]], "continuing_subword_prefix": "@@"}"#, "lacks the prefix"),
        ("dropout", #"{\#(model), "merges": [], "dropout": 1.5}"#, "expected a number from 0 to 1"),
    ]

    @Test("damaged merges and settings are errors", arguments: damages.indices)
    func damagedModels(index: Int) throws {
        try expectError(Self.damages[index].message, ["tokenizer.json": #"{"model": \#(Self.damages[index].json)}"#])
    }

    static let stepDamages: [(json: String, message: String)] = [
        (#"{"type": "Splitter"}"#, "pre_tokenizer of type Splitter is not supported; supported are BertPreTokenizer"),
        (
            #"{"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated", "invert": false}"#,
            "(a is not a valid"
        ),
        (#"{"type": "Split", "pattern": {}, "behavior": "Isolated", "invert": false}"#, "expected {\"String\": …}"),
        (
            #"{"type": "Split", "pattern": {"String": "a"}, "behavior": "Gone", "invert": false}"#,
            "Gone is not supported"
        ),
        (#"{"type": "CharDelimiterSplit", "delimiter": "ab"}"#, "expected one character"),
        (#"{"type": "FixedLength", "length": 0}"#, "0 is out of range"),
        (#"{"type": "ByteLevel"}"#, "add_prefix_space is missing"),
    ]

    @Test("damaged pre-tokenizers are errors", arguments: stepDamages.indices)
    func damagedSteps(index: Int) throws {
        let step = Self.stepDamages[index]
        try expectError(
            step.message,
            ["tokenizer.json": #"{"model": {\#(Self.model), "merges": []}, "pre_tokenizer": \#(step.json)}"#])
    }

    @Test func damagedVocabularyFiles() throws {
        let settings = #"{"tokenizer_class": "GPT2Tokenizer"}"#
        let vocabulary = #"{"a": 0, "b": 1, "ab": 2}"#
        try expectError(
            "merges.txt: line 2: expected two tokens",
            ["vocab.json": vocabulary, "merges.txt": "#version: 0.2\na b c\n", "tokenizer_config.json": settings])
        try expectError(
            "needs the token ba", ["vocab.json": vocabulary, "merges.txt": "b a\n", "tokenizer_config.json": settings])
        try expectError("name it in tokenizer_config.json", ["vocab.json": vocabulary, "merges.txt": "a b\n"])
        try expectError(
            "for a tokenizer of type CLIPTokenizer is not supported",
            [
                "vocab.json": vocabulary, "merges.txt": "",
                "tokenizer_config.json": #"{"tokenizer_class": "CLIPTokenizer"}"#,
            ])
        try expectError("line 2: the rank 0 comes twice", ["tokenizer.model": "YQ== 0\nYg== 0\n"])
        try expectError("line 2: expected a token in base 64", ["tokenizer.model": "YQ== 0\n? 1\n"])
    }

    @Test func dropoutIsRefusedWhenTextIsEncoded() throws {
        let json = #"{"model": {\#(Self.model), "merges": [], "dropout": 0.1}}"#
        try withFiles(["tokenizer.json": json]) { folder in
            let tokenizer = try Tokenizer(folder: folder)
            #expect(throws: TokenizerError.self) { try tokenizer("ab") }
        }
    }

    @Test("a long word is merged in little time", arguments: ["gpt2", "qwen2"])
    func longWords(name: String) throws {
        let tokenizer = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent("byte-level/\(name)"))
        var generator = SeededGenerator(state: 5)
        let letters = Array("etaoinshrdlu".utf8)
        let word = String(
            decoding: (0..<100_000).map { _ in letters.randomElement(using: &generator) ?? 0 }, as: UTF8.self)
        let encoding = try tokenizer(word)
        #expect(encoding.offsets.last?.upperBound == word.utf8.count)
        #expect(tokenizer.decode(encoding.inputIds) == word)
    }

    private func withFiles(_ files: [String: String], _ body: (URL) throws -> Void) throws {
        try TestFiles.withTemporaryFolder { folder in
            for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
            try body(folder)
        }
    }

    private func expectError(_ message: String, _ files: [String: String]) throws {
        try withFiles(files) { folder in
            do {
                _ = try Tokenizer(folder: folder)
                Issue.record("no error for \(files)")
            } catch {
                #expect("\(error)".contains(message), "\(error)")
            }
        }
    }
}
