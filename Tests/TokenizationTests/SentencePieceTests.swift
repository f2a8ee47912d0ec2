import Foundation
import Testing
import Tokenization

@Suite struct SentencePieceTests {
    static let families = ["albert", "deberta-v2", "glm", "granite", "llama", "olmo2", "t5", "xlm-roberta"]

    @Test("tiny models of each class give the peer's numbers", arguments: families)
    func fixtures(family: String) throws {
        let folder = TestFiles.fixtures.appendingPathComponent("spm-\(family)")
        let tokenizer = try Tokenizer(folder: folder)
        let cases = try GoldenCase.read(folder.appendingPathComponent("cases.jsonl"))
        #expect(cases.count > 100)
        #expect(cases.compactMap { $0.difference(tokenizer) } == [])
        // What is saved is a tokenizer.json that says the same.
        try TestFiles.withTemporaryFolder { saved in
            try tokenizer.savePretrained(saved)
            let reloaded = try Tokenizer(folder: saved)
            #expect(cases.compactMap { $0.difference(reloaded) } == [])
        }
    }

    @Test func classesNameTheirFiles() throws {
        try expectError("AlbertTokenizer has its model in spiece.model", "spm.model", #"{"model_type": "albert"}"#)
        try expectError("CamembertTokenizer is not supported", "spiece.model", #"{"model_type": "camembert"}"#)
        try expectError(
            "XLNetTokenizer is not supported; supported are AlbertTokenizer", "spiece.model",
            #"{"tokenizer_class": "XLNetTokenizerFast"}"#)
    }

    @Test("a damaged model loads or is an error", arguments: families)
    func damagedModels(family: String) throws {
        let source = TestFiles.fixtures.appendingPathComponent("spm-\(family)")
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: source.path).first { $0.hasSuffix(".model") })
        let original = [UInt8](try Data(contentsOf: source.appendingPathComponent(name)))
        var generator = SeededGenerator(state: 7)
        try TestFiles.withTemporaryFolder { folder in
            for file in ["config.json", "tokenizer_config.json"]
            where TestFiles.exists(source.appendingPathComponent(file)) {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent(file), to: folder.appendingPathComponent(file))
            }
            for _ in 0..<60 {
                var bytes = original
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
                case 1:
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = UInt8.random(in: 0...255, using: &generator)
                default:
                    let start = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes.removeSubrange(start..<min(bytes.count, start + 9))
                }
                try Data(bytes).write(to: folder.appendingPathComponent(name))
                do {
                    _ = try Tokenizer(folder: folder)("hello ™ wörld <s>", textPair: "a")
                } catch let error as TokenizerError {
                    #expect(!error.description.contains("\n"))
                }
            }
        }
    }

    @Test func messages() throws {
        try expectError("is no SentencePiece model (there are no pieces)", "tokenizer.model", "{}", [])
        try expectError("a field of 127 bytes, more than there are", "tokenizer.model", "{}", [0x0A, 0x7F, 0x41])
        try expectError("a string is not valid UTF-8", "tokenizer.model", "{}", [0x0A, 0x03, 0x0A, 0x01, 0xFF])
        try expectError(
            "the unknown token has the id 1, but there are 1 tokens", "spiece.model",
            #"{"model_type": "albert"}"#, [0x0A, 0x03, 0x0A, 0x01, 0x61])
    }

    private func expectError(
        _ message: String, _ name: String, _ configuration: String, _ bytes: [UInt8] = [0x0A, 0x03, 0x0A, 0x01, 0x61]
    ) throws {
        try TestFiles.withTemporaryFolder { folder in
            try Data(bytes).write(to: folder.appendingPathComponent(name))
            try Data(configuration.utf8).write(to: folder.appendingPathComponent("config.json"))
            do {
                _ = try Tokenizer(folder: folder)
                Issue.record("no error for \(name)")
            } catch {
                #expect("\(error)".contains(message), "\(error)")
            }
        }
    }
}
