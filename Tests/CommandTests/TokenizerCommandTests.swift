import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// `trainer tokenize` and `trainer train-tokenizer`, with the real program.
struct TokenizerCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let text = (0..<200).map { "the film number \($0) was good, and the other films were not bad\n" }
        .joined()

    private func train(_ more: [String], input: String? = nil) throws -> TrainerProcess {
        try TrainerProcess.run(["train-tokenizer", "--output-dir", folder.path("out")] + more, input: input)
    }

    private func tokens(_ line: Substring) throws -> [String] {
        try JSONValue(parsing: String(line))["tokens"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test(arguments: ["wordpiece", "bpe", "unigram", "wordlevel"])
    func learnsVocabularies(type: String) throws {
        let files = try [folder.write("a.txt", Self.text), folder.write("b.txt", "a film\n")]
        let size = type == "bpe" ? "320" : "90"
        let run = try train(["--type", type, "--train-file"] + files + ["--vocab-size", size])
        #expect(run.code == 0, "\(run.errors)")
        let tokenizer = try AutoTokenizer.fromPretrained(folder: folder.path("out"))
        #expect(tokenizer.vocabularySize <= 320 && tokenizer.vocabularySize > 50)
        #expect(run.errors.contains("\(tokenizer.vocabularySize) tokens are in"))
        #expect(try tokenizer("the film").count >= 2)
    }

    @Test func tablesAndPatternsGiveTheSameVocabulary() throws {
        _ = try folder.write("x-1.txt", "good films\nbad films\n")
        _ = try folder.write("x-2.txt", "a film\n")
        let table = try folder.write("rows.csv", "id,text\n1,good films\n2,bad films\n3,a film\n")
        func vocabulary(_ more: [String]) throws -> JSONValue? {
            let run = try train(["--type", "wordpiece", "--vocab-size", "60"] + more)
            #expect(run.code == 0, "\(run.errors)")
            let data = try Data(contentsOf: URL(filePath: folder.path("out/tokenizer.json")))
            return try JSONValue(parsing: data)["model"]
        }
        let first = try vocabulary(["--train-file", folder.path("x-*.txt")])
        #expect(try vocabulary(["--train-file", table, "--text-column", "text"]) == first)
        #expect(try vocabulary(["--train-file", table]) == first)
    }

    @Test func aTokenizerGetsANewVocabulary() throws {
        let model = try TinyModel.make(in: folder)
        let run = try train(["--model", model, "--train-file", "-", "--vocab-size", "70"], input: Self.text)
        #expect(run.code == 0, "\(run.errors)")
        let tokenizer = try AutoTokenizer.fromPretrained(folder: folder.path("out"))
        #expect(try tokenizer("films").tokens.first == "[CLS]")
        #expect(tokenizer.tokenToId("the") != nil)
    }

    @Test(arguments: [
        (["--type", "wordpiece"], "--train-file is missing", Int32(64)),
        (["--type", "sentencepiece", "--train-file", "x"], "sentencepiece", 64),
        (["--train-file", "no-such-file.txt"], "can't read no-such-file.txt: there is no such file", 1),
        (["--train-file", "no-such-*.txt"], "can't read no-such-*.txt: no file matches the pattern", 1),
        (["--train-file", "/tmp"], "is a folder", 1),
        (["--type", "bpe", "--family", "bert", "--train-file", "/dev/null"], "--family bert has", 64),
        (
            ["--type", "unigram", "--min-frequency", "2", "--train-file", "/dev/null"],
            "--min-frequency has no meaning", 64
        ),
        (["--type", "bpe", "--lowercase", "--train-file", "/dev/null"], "--lowercase is for", 64),
        (["--type", "bpe", "--vocab-size=-4", "--train-file", "/dev/null"], "vocabSize is -4", 1),
    ])
    func wrongUse(words: [String], message: String, code: Int32) throws {
        let run = try train(words)
        #expect(run.code == code, "\(run.errors)")
        #expect(run.lastError.hasPrefix("error: ") && run.lastError.contains(message), "\(run.errors)")
        #expect(!folder.exists("out"))
    }

    @Test func tokenizesLinesOfStandardInput() throws {
        let model = try TinyModel.make(in: folder)
        let run = try TrainerProcess.run(["tokenize", "--model", model], input: "a good film\n\nbad\n")
        #expect(run.code == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        #expect(
            try lines.map(tokens) == [
                ["[CLS]", "a", "good", "film", "[SEP]"], ["[CLS]", "[SEP]"], ["[CLS]", "bad", "[SEP]"],
            ])
    }

    @Test func tokenizesWithEveryOption() throws {
        let model = try TinyModel.make(in: folder)
        let file = try folder.write("pairs.jsonl", #"{"q": "é good", "c": "a bad dull film"}"# + "\n")
        let run = try TrainerProcess.run([
            "tokenize", "--model", model, "--file", file, "--text-column", "q", "--text-pair-column", "c",
            "--truncation", "only_second", "--max-length", "8", "--stride", "1", "--return-overflowing-tokens",
            "--return-word-ids", "--return-special-tokens-mask", "--offsets", "bytes",
        ])
        #expect(run.code == 0, "\(run.errors)")
        let lines = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.count == 2)
        #expect(
            lines[0].objectValue?.keys == [
                "input_ids", "token_type_ids", "tokens", "offsets", "special_tokens_mask", "word_ids", "sequence_ids",
                "overflow_to_sample_mapping",
            ])
        #expect(lines[0]["tokens"] == ["[CLS]", "e", "good", "[SEP]", "a", "bad", "dull", "[SEP]"])
        // é has two bytes.
        #expect(lines[0]["offsets"]?.arrayValue?[2] == [3, 7])
        #expect(lines[1]["tokens"] == ["[CLS]", "e", "good", "[SEP]", "dull", "film", "[SEP]"])
        #expect(lines.map { $0["overflow_to_sample_mapping"] } == [0, 0])
    }

    @Test func aFileIsWrittenWholeOrNotAtAll() throws {
        let model = try TinyModel.make(in: folder)
        let good = try folder.write("good.txt", String(repeating: "a good film\n", count: 5000))
        let out = folder.path("tokens.jsonl")
        let run = try TrainerProcess.run(["tokenize", "--model", model, "--file", good, "--output", out])
        #expect(run.code == 0 && run.output.isEmpty, "\(run.errors)")
        #expect(try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").count == 5000)
        let bad = folder.path("bad.txt")
        try Data(String(repeating: "a good film\n", count: 3000).utf8 + [0xFF]).write(to: URL(filePath: bad))
        let failed = try TrainerProcess.run([
            "tokenize", "--model", model, "--file", bad, "--output", folder.path("never.jsonl"),
        ])
        #expect(failed.code == 1 && failed.lastError.contains("line 3001 is not valid UTF-8"), "\(failed.errors)")
        #expect(!folder.exists("never.jsonl"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("")).allSatisfy { !$0.hasSuffix(".part") })
    }
}
