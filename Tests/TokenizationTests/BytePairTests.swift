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
}
