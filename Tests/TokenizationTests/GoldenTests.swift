import Foundation
import Testing
import Tokenization

@Suite struct GoldenTests {
    @Test("tiny tokenizers give the peer's numbers", arguments: ["uncased", "cased", "generic"])
    func fixtures(name: String) throws {
        let folder = TestFiles.fixtures.appendingPathComponent(name)
        let tokenizer = try Tokenizer(folder: folder)
        let cases = try GoldenCase.read(folder.appendingPathComponent("cases.jsonl"))
        #expect(cases.count > 100)
        #expect(cases.compactMap { $0.difference(tokenizer) } == [])
    }

    @Test("vocab.txt alone makes the same tokenizer", arguments: ["uncased", "cased"])
    func vocabularyFile(name: String) throws {
        let source = TestFiles.fixtures.appendingPathComponent(name)
        try TestFiles.withTemporaryFolder { folder in
            for file in ["vocab.txt", "tokenizer_config.json"] {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent(file), to: folder.appendingPathComponent(file))
            }
            let tokenizer = try Tokenizer(folder: folder)
            let cases = try GoldenCase.read(source.appendingPathComponent("cases.jsonl"))
            #expect(cases.compactMap { $0.difference(tokenizer) } == [])
        }
    }

    static let golden = TestFiles.shared.appendingPathComponent("golden/tokenizer_minilm.jsonl")
    static let vocabulary = TestFiles.shared.appendingPathComponent("data/tokenizers/bert-base-uncased/vocab.txt")

    @Test(
        "MiniLM's tokenizer gives the golden numbers",
        .enabled(if: TestFiles.exists(GoldenTests.golden) && TestFiles.exists(GoldenTests.vocabulary)))
    func miniLM() throws {
        try TestFiles.withTemporaryFolder { folder in
            // The vocabulary of MiniLM is that of BERT's uncased models.
            try FileManager.default.copyItem(at: Self.vocabulary, to: folder.appendingPathComponent("vocab.txt"))
            try Data(#"{"model_max_length": 512}"#.utf8).write(
                to: folder.appendingPathComponent("tokenizer_config.json"))
            let tokenizer = try Tokenizer(folder: folder)
            let cases = try GoldenCase.read(Self.golden)
            #expect(cases.count == 587)
            #expect(cases.compactMap { $0.difference(tokenizer) } == [])
        }
    }
}
