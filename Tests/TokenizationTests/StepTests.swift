import Foundation
import OrderedJSON
import Testing
import Tokenization

/// Normalizers, pre-tokenizers and decoders one by one, over tokens that show what became of each character.
@Suite struct StepTests {
    @Test func stepsGiveThePeersText() throws {
        let source = TestFiles.fixtures.appendingPathComponent("steps")
        let base = try JSONValue(
            parsing: [UInt8](try Data(contentsOf: source.appendingPathComponent("tokenizer.json"))), source: "base")
        let lines = try Data(contentsOf: source.appendingPathComponent("steps.jsonl"))
            .split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 20)
        for line in lines {
            let record = try #require(try JSONValue(parsing: [UInt8](line), source: "steps.jsonl").objectValue)
            var json = try #require(base.objectValue)
            for (name, step) in try #require(record["steps"]?.objectValue).members { json[name] = step }
            try TestFiles.withTemporaryFolder { folder in
                try Data(JSONValue.object(json).serialized(JSONFormat()).utf8).write(
                    to: folder.appendingPathComponent("tokenizer.json"))
                let tokenizer = try Tokenizer(folder: folder)
                for value in try #require(record["cases"]?.arrayValue) {
                    let expected = try #require(value.arrayValue)
                    let text = try #require(expected[0].stringValue)
                    let encoding = try tokenizer(text)
                    let steps = record["steps"]?.serialized(JSONFormat()).prefix(300) ?? ""
                    #expect(
                        encoding.inputIds.map(Int.init) == numbers(expected[1]), "\(steps) \(text.debugDescription)")
                    #expect(
                        encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == numbers(expected[2]),
                        "\(steps) \(text.debugDescription)")
                    #expect(encoding.wordIds.map { $0 ?? -1 } == numbers(expected[3]))
                    #expect(
                        Array(tokenizer.decode(encoding.inputIds).utf8)
                            == expected[4].stringValue.map { Array($0.utf8) },
                        "\(steps) \(text.debugDescription)")
                }
            }
        }
    }

    private func numbers(_ value: JSONValue) -> [Int]? { value.arrayValue?.map { $0.intValue ?? -1 } }
}

@Suite struct PatternTests {
    @Test("a pattern that would take for ever is an error", arguments: ["normalizer", "pre_tokenizer"])
    func impatience(step: String) throws {
        let pattern = #""pattern": {"Regex": "(a+)+$"}"#
        let normalizer = #"{"type": "Replace", \#(pattern), "content": ""}"#
        let splitter = #"{"type": "Split", \#(pattern), "behavior": "Isolated", "invert": false}"#
        let json = """
            {"\(step)": \(step == "normalizer" ? normalizer : splitter),
             "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1]]}}
            """
        try TestFiles.withTemporaryFolder { folder in
            try Data(json.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
            let tokenizer = try Tokenizer(folder: folder)
            // A long text without a match is nothing of the kind.
            #expect(try tokenizer(String(repeating: "b", count: 20_000)).inputIds.count == 1)
            #expect(try tokenizer("ba").inputIds.count == (step == "normalizer" ? 1 : 2))
            #expect {
                try tokenizer(String(repeating: "a", count: 60) + "b")
            } throws: { "\($0)".contains("(a+)+$ of the tokenizer takes too long") }
        }
    }

    @Test func impatienceWithMarkedWords() throws {
        let json = #"""
            {"normalizer": {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
              {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}]},
             "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1], ["▁", -1]]}}
            """#
        try TestFiles.withTemporaryFolder { folder in
            try Data(json.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
            let tokenizer = try Tokenizer(folder: folder)
            #expect(try tokenizer("b a").inputIds.count == 2)
            #expect {
                try tokenizer(String(repeating: "a", count: 60) + "b")
            } throws: { "\($0)".contains("(a+)+$ of the tokenizer takes too long") }
        }
    }

    @Test func invalidPatternsAreErrors() throws {
        try TestFiles.withTemporaryFolder { folder in
            let json =
                #"{"normalizer": {"type": "Replace", "pattern": {"Regex": "(a"}, "content": ""}, "model": {"type": "Unigram", "vocab": []}}"#
            try Data(json.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
            #expect {
                try Tokenizer(folder: folder)
            } throws: { "\($0)".contains("normalizer.pattern.Regex: (a is not a valid regular expression") }
        }
    }
}
