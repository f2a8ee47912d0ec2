import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Labels of tokens against Python's run_ner.py.
@Suite struct TokenClassificationTests {
    @Test(arguments: TaskFixtures.tokenizers) func equalsPython(_ name: String) throws {
        let python = try TaskFixtures.json("token_classification.json")
        let labels = try #require(python["labels"]).strings
        let tokenizer = try TaskFixtures.tokenizer(name)
        let cases = try #require(python[name]?["alignment"]?.arrayValue)
        #expect(cases.count == 48)
        for record in cases {
            let (words, tags) = (record["words"]?.strings ?? [], record["tags"]?.strings ?? [])
            let encoder = try TokenClassificationEncoder(
                tokenizer: tokenizer, labels: labels, maxLength: record["length"]?.intValue,
                labelAllTokens: record["all"]?.boolValue ?? false)
            let rows = try Dataset.from(dictionary: ["tokens": [words], "ner_tags": [tags]])
            let encoded = try encoder.encode(rows)
            #expect(try encoded.dataset[0]["input_ids"] == record["ids"]?.int32s)
            let given: [Int32] = try encoded.dataset[0]["labels"]
            #expect(given == record["labels"]?.int32s)
            #expect(encoded.wordStarts[0].count == given.count { $0 != -100 })
            #expect(encoded.truncation.words == words.count)
            #expect(encoded.wordStarts[0].count { $0 } == words.count - encoded.truncation.lostWords)
        }
    }

    private func encoder(maxLength: Int? = nil, all: Bool = false) throws -> TokenClassificationEncoder {
        try TokenClassificationEncoder(
            tokenizer: TaskFixtures.tokenizer("wordpiece"), labels: ["O", "B-PER", "I-PER", "B-LOC"],
            maxLength: maxLength, labelAllTokens: all)
    }

    @Test func whatIsCutOffIsCounted() throws {
        let rows = try Dataset.from(dictionary: [
            "tokens": [["Peter", "Müller", "lives", "in", "London"], ["London"]],
            "ner_tags": [["B-PER", "I-PER", "O", "O", "B-LOC"], ["B-LOC"]],
        ])
        let whole = try encoder().encode(rows).truncation
        #expect(whole.entities == 3 && whole.lostEntities == 0 && "\(whole)".contains("nothing is cut off"))
        let cut = try encoder(maxLength: try encoder().encode([["Peter", "Müller", "lives", "in"]])[0].count)
            .encode(rows).truncation
        #expect(cut.lostEntities == 1 && cut.rows == 1 && cut.lostWords == 1)
        #expect("\(cut)".contains("1 of 3 entities are cut off, in 1 row;"))
    }

    @Test func preview() throws {
        let rows = try Dataset.from(dictionary: [
            "tokens": [["Müller", "re-elected"]], "ner_tags": [["B-PER", "O"]],
        ])
        let text = try encoder(all: true).preview(rows)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines[0].prefix(4) == ["row", "0:", "2", "words,"])
        #expect(lines[1] == ["token", "word", "tag", "label"])
        #expect(lines[2] == ["[CLS]", "-100"])
        #expect(lines[3].suffix(3) == ["Müller", "B-PER", "B-PER"])
        #expect(lines.contains { $0.suffix(2) == ["″", "I-PER"] } || lines[4].contains("re-elected"))
    }

    @Test func mistakes() throws {
        let encoder = try encoder()
        let more = try Dataset.from(dictionary: ["tokens": [["a"]], "ner_tags": [["O", "O"]]])
        #expect(message { _ = try encoder.encode(more) } == "row 0: 1 words and 2 tags; give each word one tag")
        let other = try Dataset.from(dictionary: ["tokens": [["a"]], "ner_tags": [["B-ORG"]]])
        #expect(message { _ = try encoder.encode(other) }?.contains("the tag 'B-ORG' is none of the 4 labels") == true)
        let numbers = try Dataset.from(dictionary: ["tokens": [["a"]], "ner_tags": [[1]]])
        #expect(message { _ = try encoder.encode(numbers) }?.contains("not lists of tags") == true)
        #expect(message { _ = try self.encoder(maxLength: 2) }?.contains("has no room for a token") == true)
        let untagged = try Dataset.from(dictionary: ["tokens": [["a"], []]])
        #expect(try encoder.encode(untagged).dataset.columnNames == ["input_ids", "token_type_ids", "attention_mask"])
    }

    @Test func convertsTheSchemeOfAllSplits() throws {
        let splits = DatasetDict([
            ("train", try Dataset.from(dictionary: ["ner_tags": [["B-A", "M-A", "E-A", "O", "S-B"]]])),
            ("test", try Dataset.from(dictionary: ["ner_tags": [["S-A", "B-B", "E-B"], []]])),
        ])
        let converted = try splits.convertTags(from: .bmes, to: .iob2)
        #expect(try converted["train"].tagNames() == ["B-A", "B-B", "I-A", "I-B", "O"])
        #expect(try converted["train"].column("ner_tags") == [[0, 2, 2, 4, 1]])
        #expect(try converted["test"].column("ner_tags") == [[0, 1, 3], []])
        let wrong = try Dataset.from(dictionary: ["ner_tags": [["O"], ["O", "I-A"]]])
        let found = message { _ = try wrong.convertTags(from: .iob2, to: .bmes) }
        #expect(found?.hasPrefix("row 1: word 1: IOB2 does not allow I-A behind O") == true, "\(found ?? "")")
        #expect(try wrong.convertTags(from: .iob2, to: .bmes, repair: true).tagNames() == ["O", "S-A"])
    }

    @Test(.enabled(if: TaskFixtures.shared("data/zh/resume-ner/train.char.bmes") != nil)) func realFiles() throws {
        let path = try #require(TaskFixtures.shared("data/zh/resume-ner/train.char.bmes"))
        let rows = try Dataset.fromConll(path)
        // One entity of the file goes on in the next sentence.
        let found = message { _ = try rows.convertTags(from: .bmes, to: .iob2) }
        #expect(found?.contains("line 1836: word 34: BMES does not allow M-ORG behind M-ORG and at the end") == true)
        let good = rows.take(1835)
        let back = try good.convertTags(from: .bmes, to: .iob2).convertTags(from: .iob2, to: .bmes)
        func tags(_ rows: Dataset) throws -> [[String]] {
            let names = try rows.tagNames()
            return try (rows.column("ner_tags") as [[Int]]).map { $0.map { names[$0] } }
        }
        #expect(try tags(back) == tags(good))
        for name in ["wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"] {
            let path = try #require(TaskFixtures.shared("data/ner/wnut17/\(name)"))
            let rows = try Dataset.fromConll(path)
            let encoder = try TokenClassificationEncoder(
                tokenizer: TaskFixtures.tokenizer("wordpiece"), labels: rows.tagNames(), maxLength: 64)
            let report = try encoder.encode(rows).truncation
            #expect(report.entities > 800 && report.lostEntities > 0)
        }
    }
}
