import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Blocks of texts and choices against Python's run_mlm.py, run_clm.py and run_swag.py.
@Suite struct OtherTasksTests {
    @Test(arguments: TaskFixtures.tokenizers) func languageModelling(_ name: String) throws {
        let python = try #require(try TaskFixtures.json("other_tasks.json")[name]?["language_modelling"])
        let rows = try Dataset.from(dictionary: ["text": python["texts"]?.strings ?? []])
        let tokenizer = try TaskFixtures.tokenizer(name)
        for record in python["cases"]?.list ?? [] {
            let encoder = try LanguageModelingEncoder(
                tokenizer: tokenizer, blockSize: record["size"]?.intValue,
                lineByLine: record["lines"]?.boolValue ?? false, withLabels: true,
                batchSize: record["batch"]?.intValue ?? 0)
            let encoded = try encoder.encode(rows)
            #expect(try encoded.column("input_ids") == record["ids"]?.list.map(\.int32s))
            #expect(try encoded.column("labels") == record["ids"]?.list.map(\.int32s))
            #expect(try encoded.column("special_tokens_mask") == record["special"]?.list.map(\.int32s))
        }
    }

    @Test func blocksNeedNoPadding() throws {
        let encoder = try LanguageModelingEncoder(
            tokenizer: TaskFixtures.tokenizer("bytelevel"), blockSize: 8, withLabels: true)
        let blocks = try encoder.encode(
            try Dataset.from(dictionary: ["text": ["Peter lives in London", "the company"]]))
        let batch = try DefaultDataCollator()(Array(blocks))
        #expect(batch[.inputIds]?.shape == batch[.labels]?.shape && batch[.labels]?.dim == 2)
        let uneven = try Dataset.from(dictionary: ["input_ids": [[1], [1, 2]]])
        #expect(
            message { _ = try DefaultDataCollator()(Array(uneven)) }?
                .contains("row 0 has 1 tokens in a batch 2 wide, but there is no padding token") == true)
        let few = message { _ = try encoder.encode(try Dataset.from(dictionary: ["text": ["in"]])) }
        #expect(few?.contains("fewer than 8 tokens together") == true)
    }

    @Test(arguments: TaskFixtures.tokenizers) func multipleChoice(_ name: String) throws {
        let python = try #require(try TaskFixtures.json("other_tasks.json")[name]?["multiple_choice"])
        let records = python["rows"]?.list ?? []
        let texts = ["sent1", "sent2", "ending0", "ending1", "ending2", "ending3"]
        var columns: [(name: String, values: any ColumnConvertible)] = texts.map { name in
            (name, records.map { $0[name]?.stringValue ?? "" })
        }
        columns.append(("label", records.map { $0["label"]?.intValue ?? -1 }))
        let rows = try Dataset.from(columns: columns)
        let tokenizer = try TaskFixtures.tokenizer(name)
        let encoded = try MultipleChoiceEncoder(tokenizer: tokenizer, maxLength: 24).encode(rows)
        for name in ["input_ids", "token_type_ids", "attention_mask"] {
            guard let wanted = python[name] else { continue }
            #expect(try encoded.column(name) == wanted.list.map { $0.list.map(\.int32s) })
        }
        let batch = try DataCollatorForMultipleChoice(tokenizer)(Array(encoded))
        #expect(batch[.labels]?.array(of: Int.self) == records.compactMap { $0["label"]?.intValue })
        let wrong = try rows.removeColumn("label").addColumn("label", [9, 0, 0, 0, 0, 0])
        let found = message { _ = try MultipleChoiceEncoder(tokenizer: tokenizer).encode(wrong) }
        #expect(found == "row 0: the label is 9, but there are the choices 0 to 3; give the number of the right choice")
    }
}
