import Foundation
import Testing
import Tokenization

/// What trainers make of odd corpora and settings.
@Suite struct TrainingInputTests {
    /// The message of the error that `body` must throw.
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private let words = TokenizerBlueprint(
        preTokenizer: .whitespaceSplit, roles: SpecialTokens(unkToken: "<unk>"))

    @Test("settings that make no sense are errors that name them")
    func settings() {
        let text = ["a few words here"]
        let cases: [(message: String, body: () throws -> Void)] = [
            ("vocabSize is -1", { _ = try words.train(text, trainer: BpeTrainer(vocabSize: -1)) }),
            (
                "vocabSize is 99999999999",
                { _ = try words.train(text, trainer: WordLevelTrainer(vocabSize: 99_999_999_999)) }
            ),
            ("minFrequency is -2", { _ = try words.train(text, trainer: WordPieceTrainer(minFrequency: -2)) }),
            ("limitAlphabet is -1", { _ = try words.train(text, trainer: BpeTrainer(limitAlphabet: -1)) }),
            ("maxTokenLength is 0", { _ = try words.train(text, trainer: BpeTrainer(maxTokenLength: 0)) }),
            ("shrinkingFactor is 1", { _ = try words.train(text, trainer: UnigramTrainer(shrinkingFactor: 1)) }),
            ("shrinkingFactor is nan", { _ = try words.train(text, trainer: UnigramTrainer(shrinkingFactor: .nan)) }),
            ("maxPieceLength is 0", { _ = try words.train(text, trainer: UnigramTrainer(maxPieceLength: 0)) }),
            ("seedSize is 0", { _ = try words.train(text, trainer: UnigramTrainer(seedSize: 0)) }),
            ("has 9 characters", { _ = try words.train(text, trainer: UnigramTrainer(vocabSize: 5)) }),
            (
                "normalizer of type Wrong",
                {
                    var blueprint = words
                    blueprint.normalizer = try Normalization(json: #"{"type": "Wrong"}"#)
                    _ = try blueprint.train(text, trainer: BpeTrainer())
                }
            ),
            ("line 1", { _ = try PreTokenization(json: "{\"type\"") }),
            (
                "puts [CLS] around texts",
                {
                    var blueprint = words
                    blueprint.postProcessor = .template(single: "[CLS] $A", pair: "[CLS] $A $B")
                    _ = try blueprint.train(text, trainer: BpeTrainer())
                }
            ),
            (
                "must hold $A",
                {
                    var blueprint = words
                    blueprint.postProcessor = .template(single: "<unk>", pair: "$A $B")
                    _ = try blueprint.train(text, trainer: BpeTrainer())
                }
            ),
        ]
        for (wanted, body) in cases {
            let message = message(body)
            #expect(message.contains(wanted) && !message.contains("\n"), "\(message)")
        }
    }

    @Test("a tokenizer is trained anew by a trainer of its own kind only")
    func kinds() throws {
        let tokenizer = try words.train(["a b"], trainer: BpeTrainer())
        #expect(
            message { _ = try tokenizer.trainNewFromIterator(["a"], trainer: WordPieceTrainer()) }.contains(
                "of type BPE"))
    }

    @Test("empty, tiny and odd corpora")
    func corpora() throws {
        let texts = [
            [], [""], [" "], ["a"], ["\0"], ["a\0b \0\0"], ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
            [String(repeating: "ab", count: 30_000)], ["\u{10FFFF}\u{E000} é e\u{301}"],
            (0..<3000).map { "w\($0)" },
        ]
        for texts in texts {
            for trainer: any VocabularyTrainer in [
                BpeTrainer(vocabSize: 300), WordPieceTrainer(vocabSize: 300, minFrequency: 2),
                WordLevelTrainer(vocabSize: 300), UnigramTrainer(vocabSize: 300, unkToken: "<unk>"),
            ] {
                let tokenizer = try train(texts, trainer)
                #expect(tokenizer.vocabularySize >= 1 && tokenizer.vocabularySize <= 300)
                // Bytes tell the two forms of é apart.
                let tokens = (0..<tokenizer.vocabularySize).compactMap(tokenizer.idToToken).map { Array($0.utf8) }
                #expect(Set(tokens).count == tokens.count)
                for text in texts.prefix(5) { _ = try tokenizer(text) }
            }
        }
    }

    private func train(_ texts: [String], _ trainer: some VocabularyTrainer) throws -> Tokenizer {
        try words.train(texts, trainer: trainer)
    }

    @Test("the result does not depend on the texts' order or number of threads")
    func order() throws {
        let texts = try VocabularyTrainingTests.lines()
        for trainer: any VocabularyTrainer in [
            BpeTrainer(vocabSize: 500), WordPieceTrainer(vocabSize: 500), UnigramTrainer(vocabSize: 300),
        ] {
            let first = try VocabularyTrainingTests.content(train(texts, trainer))
            #expect(try VocabularyTrainingTests.content(train(texts.reversed(), trainer)) == first)
        }
    }

    @Test("files are read line by line; what cannot be read is named")
    func files() throws {
        try TestFiles.withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.txt")
            try Data("one\r\ntwo\n\nthree".utf8).write(to: file)
            var lines: [String] = []
            try TextLines([file, file]).forEach { lines.append($0) }
            #expect(lines == ["one", "two", "", "three", "one", "two", "", "three"])
            lines = []
            try TextLines([file], keepsLineEndings: true).forEach { lines.append($0) }
            #expect(lines == ["one\r\n", "two\n", "\n", "three"])
            #expect(TextLines([file]).byteCount == 15)

            // Longer than what is read at once.
            let long = String(repeating: "é", count: 3_000_000)
            try Data("x\n\(long)\ny".utf8).write(to: file)
            lines = []
            try TextLines([file]).forEach { lines.append($0) }
            #expect(lines == ["x", long, "y"])

            try Data([0x61, 0x0A, 0xFF, 0x0A]).write(to: file)
            #expect(message { try TextLines([file]).forEach { _ in } }.contains("a.txt: line 2 is not valid UTF-8"))
            let missing = folder.appendingPathComponent("missing.txt")
            #expect(message { _ = try words.train(files: [missing], trainer: BpeTrainer()) }.contains("missing.txt"))
            #expect(
                message { _ = try words.train(files: [folder], trainer: BpeTrainer()) }.contains(
                    folder.lastPathComponent))
        }
    }

    @Test("progress goes through the stages to the end")
    func progress() throws {
        var stages: [String: (done: Int, total: Int)] = [:]
        _ = try words.train(try VocabularyTrainingTests.lines(), trainer: BpeTrainer(vocabSize: 500)) {
            stages[$0] = ($1, $2)
        }
        #expect(Set(stages.keys) == ["Pre-processing sequences", "Tokenize words", "Count pairs", "Compute merges"])
        #expect(stages.values.allSatisfy { $0.done == $0.total })
    }

    @Test("an error of the source ends training")
    func failingSource() {
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            _ = try words.train(trainer: BpeTrainer()) { add in
                try add("text")
                throw Broken()
            }
        }
    }

    @Test("a saved tokenizer loads as the same")
    func saving() throws {
        let corpus = VocabularyTrainingTests.corpus
        let tokenizers = [
            try TokenizerBlueprint.bert().train(files: [corpus], trainer: WordPieceTrainer(vocabSize: 400)),
            try TokenizerBlueprint.gpt2.train(
                files: [corpus], trainer: BpeTrainer(vocabSize: 500, initialAlphabet: BpeTrainer.byteLevelAlphabet)),
            try TokenizerBlueprint.xlmRoberta.train(
                files: [corpus], trainer: UnigramTrainer(vocabSize: 300, unkToken: "<unk>")),
        ]
        let texts = try VocabularyTrainingTests.lines() + ["Ünknown ☃ <mask> [MASK] text", "x"]
        for tokenizer in tokenizers {
            try TestFiles.withTemporaryFolder { folder in
                try tokenizer.savePretrained(folder)
                let loaded = try Tokenizer(folder: folder)
                #expect(loaded.specialTokens == tokenizer.specialTokens)
                #expect(try loaded(batch: texts) == tokenizer(batch: texts))
                #expect(
                    loaded.decode(try tokenizer(texts[0]).inputIds)
                        == tokenizer.decode(try tokenizer(texts[0]).inputIds))
            }
        }
    }
}
