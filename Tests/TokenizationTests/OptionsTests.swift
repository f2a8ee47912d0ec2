import Foundation
import Testing
import Tokenization

@Suite struct OptionsTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent("uncased")) }

    @Test func booleansReadAsInPython() throws {
        let row = ["text": "hello world"]
        let encoding = try tokenizer(row["text"] ?? "", truncation: true)
        #expect(encoding.tokens == ["[CLS]", "hello", "world", "[SEP]"])
        #expect(try tokenizer("hello world", padding: true, truncation: false).inputIds == encoding.inputIds)
        // A length alone asks for truncation.
        #expect(try tokenizer("hello world", maxLength: 3).tokens == ["[CLS]", "hello", "[SEP]"])
        #expect(try tokenizer("hello world", truncation: .doNotTruncate, maxLength: 3).count == 4)
    }

    @Test func longTextsAreCutToTheModelsMaximum() throws {
        #expect(try tokenizer(String(repeating: "a ", count: 2000), truncation: true).count == 512)
        #expect(try tokenizer(String(repeating: "a ", count: 2000)).count == 2002)
    }

    @Test func sequenceIdsTellTheTextsApart() throws {
        let encoding = try tokenizer("hello", textPair: "world")
        #expect(encoding.sequenceIds == [nil, 0, nil, 1, nil])
        #expect(encoding.wordIds == [nil, 0, nil, 0, nil])
    }

    @Test func batchesKeepTheirOrderOnAnyNumberOfThreads() throws {
        let texts = (0..<1000).map { "hello \($0) world" }
        let batch = try tokenizer(batch: texts)
        #expect(batch.count == 1000)
        for (text, encoding) in zip(texts, batch) { #expect(try tokenizer(text) == encoding) }
        let padded = try tokenizer.pad(batch.encodings, padToMultipleOf: 8)
        #expect(Set(padded.inputIds.map(\.count)) == [8])
        #expect(padded == (try tokenizer(batch: texts, padding: .longest, padToMultipleOf: 8)))
        #expect(try tokenizer(batch: []).isEmpty)
    }

    @Test func idsAndTokens() throws {
        #expect(tokenizer.padTokenId == 0 && tokenizer.clsTokenId == 2 && tokenizer.sepTokenId == 3)
        #expect(try tokenizer.convertTokensToIds(["[MASK]", "no such token"]) == [4, 1])
        #expect(tokenizer.tokenToId("no such token") == nil)
        #expect(
            tokenizer.idToToken(-1) == nil && tokenizer.idToToken(.max) == nil && tokenizer.idToToken(4) == "[MASK]")
        #expect(tokenizer.largestId == tokenizer.vocabularySize - 1)
        #expect(tokenizer.decode([2, 99_999, -5, 3]) == "[CLS] [SEP]")
        #expect(tokenizer.numSpecialTokensToAdd() == 2 && tokenizer.numSpecialTokensToAdd(pair: true) == 3)
    }

    @Test func overflowOfBatchesTellsTheTexts() throws {
        let batch = try tokenizer(
            batch: ["hello", "the film was not bad", "a movie"], padding: true, truncation: true, maxLength: 4,
            stride: 1,
            returnOverflowingTokens: true)
        #expect(batch.overflowToSampleMapping == [0, 1, 1, 1, 1, 2])
        #expect(batch.allSatisfy { $0.count == 4 && $0.overflowing.isEmpty })
        let single = try tokenizer(
            "the film was not bad", truncation: true, maxLength: 4, returnOverflowingTokens: true)
        #expect(single.overflowing.map(\.tokens) == [["[CLS]", "was", "not", "[SEP]"], ["[CLS]", "bad", "[SEP]"]])
        #expect(try tokenizer("the film was not bad", truncation: true, maxLength: 4).overflowing.isEmpty)
        // Pairs of long texts have more combinations than any memory holds.
        let long = String(repeating: "a ", count: 30_000)
        #expect(throws: TokenizerError.self) {
            _ = try tokenizer(long, textPair: long, truncation: true, maxLength: 7, returnOverflowingTokens: true)
        }
    }

    @Test func offsetsInBytes() throws {
        let (text, pair) = ("café 😀 hello", "日本 world")
        let encoding = try tokenizer(text, textPair: pair)
        for (index, range) in encoding.utf8Offsets(in: text, textPair: pair).enumerated() {
            guard let sequence = encoding.tokenToSequence(index) else {
                #expect(range == 0..<0)
                continue
            }
            let bytes = Array((sequence == 0 ? text : pair).utf8)[range]
            let scalars = Array((sequence == 0 ? text : pair).unicodeScalars)[encoding.offsets[index]]
            #expect(Array(bytes) == scalars.flatMap { Array(String($0).utf8) })
        }
    }

    @Test func spacesAreCleanedUpOnRequest() throws {
        let generic = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent("generic"))
        let ids = try generic("hello world !", addSpecialTokens: false).inputIds
        #expect(generic.decode(ids) == "hello world !")
        #expect(generic.decode(ids, cleanUpTokenizationSpaces: true) == "hello world!")
        let bytes = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent("options/gpt2"))
        // Spaces of a byte-pair encoding are the text's own.
        #expect(bytes.decode(try bytes("hello !").inputIds, cleanUpTokenizationSpaces: true) == "hello !")
    }

    @Test func senselessArgumentsAreErrors() throws {
        func fails(_ words: String, _ body: () throws -> Void) {
            do {
                try body()
                Issue.record("no error about \(words)")
            } catch {
                let message = "\(error)"
                #expect(message.contains(words) && !message.contains("\n"))
            }
        }
        fails("no room") { _ = try tokenizer("hello", truncation: true, maxLength: 1) }
        fails("negative") { _ = try tokenizer("hello", maxLength: -1) }
        fails("at least 1") { _ = try tokenizer("hello", padding: true, padToMultipleOf: 0) }
        fails("multiple") {
            _ = try tokenizer("hello", padding: true, truncation: true, maxLength: 9, padToMultipleOf: 8)
        }
        fails("stride is -1") { _ = try tokenizer("hello", truncation: true, maxLength: 9, stride: -1) }
        fails("stride is 7") { _ = try tokenizer("hello", truncation: true, maxLength: 8, stride: 7) }
        fails("stride is 2") {
            _ = try tokenizer("hello world world", textPair: "world", truncation: .onlyFirst, maxLength: 6, stride: 2)
        }
        fails("second text") { _ = try tokenizer("hello world world", truncation: .onlySecond, maxLength: 3) }
        fails("second texts") { _ = try tokenizer(batch: ["a", "b"], textPairs: ["a"]) }
        let generic = try Tokenizer(folder: TestFiles.fixtures.appendingPathComponent("generic"))
        fails("no padding token") { _ = try generic("hello", padding: .maxLength, maxLength: 9) }
    }
}
