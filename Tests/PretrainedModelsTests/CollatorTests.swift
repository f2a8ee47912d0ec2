import Datasets
import Foundation
import PretrainedModels
import Testing
import Tokenization

@testable import Training

@Suite struct CollatorTests {
    private typealias Row = DataCollatorWithPadding.Row

    private func collator(padToMultipleOf: Int? = nil) throws -> DataCollatorWithPadding {
        try DataCollatorWithPadding(tokenizer(), padToMultipleOf: padToMultipleOf)
    }

    private func tokenizer() throws -> Tokenizer {
        try Fixtures.withFolder { folder in
            let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "good", "film"]
            try Data(words.joined(separator: "\n").utf8).write(to: folder.appending(path: "vocab.txt"))
            return try AutoTokenizer.fromPretrained(folder: folder)
        }
    }

    @Test func padsToTheLongest() throws {
        let rows = [
            Row(inputIds: [2, 5, 3], tokenTypeIds: [0, 0, 0], label: 1),
            Row(inputIds: [2, 6, 7, 5, 3], tokenTypeIds: [0, 0, 1, 1, 1], label: -100),
        ]
        let batch = try collator()(rows, places: [7, 4])
        #expect(batch.entries.map(\.key.name) == ["input_ids", "token_type_ids", "attention_mask", "labels"])
        #expect(batch[.inputIds]?.array(of: Int.self) == [2, 5, 3, 0, 0, 2, 6, 7, 5, 3])
        #expect(batch[.tokenTypeIds]?.array(of: Int.self) == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
        #expect(batch[.attentionMask]?.array(of: Int.self) == [1, 1, 1, 0, 0, 1, 1, 1, 1, 1])
        #expect(batch[.labels]?.array(of: Int.self) == [1, -100])
        #expect(batch.entries.allSatisfy { $0.tensor.dtype == .int64 })
        #expect(batch.rows == [7, 4])
        #expect(batch.lengths == [3, 5])
        #expect(batch.labelCount == 1)
    }

    @Test func multiplesAndRowsPaddedBefore() throws {
        let row = Row(inputIds: [2, 5, 3, 0, 0], attentionMask: [1, 1, 1, 0, 0])
        let batch = try collator(padToMultipleOf: 4)([row], places: [0])
        #expect(batch[.inputIds]?.shape == [1, 8])
        #expect(batch[.attentionMask]?.array(of: Int.self) == [1, 1, 1, 0, 0, 0, 0, 0])
        #expect(batch.lengths == [3])
        #expect(batch[.labels] == nil)
    }

    @Test func columnsOfDifferentLengths() throws {
        let dataset = try Dataset.from(dictionary: ["input_ids": [[2, 3]], "attention_mask": [[1]]])
        let tokenizer = try tokenizer()
        let examples = try dataset.examples(CollationContext(processingClass: tokenizer))
        #expect { try examples.makeBatch([0]) } throws: { "\($0)".contains("row 0") }
        #expect(examples.length?(0) == 2)
        #expect(try examples.label?(0) == nil)
    }
}
