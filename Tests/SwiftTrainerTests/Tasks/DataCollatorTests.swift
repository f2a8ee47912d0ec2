import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Batches against Python's data collators.
@Suite(.serialized) struct DataCollatorTests {
    private static let sides = ["wordpiece-right", "wordpiece-left", "bytelevel-right"]

    private func tokenizer(_ name: String) throws -> Tokenizer { try TaskFixtures.padding(name) }

    private func cases(_ name: String, _ kind: String) throws -> [JSONValue] {
        try #require(try TaskFixtures.json("collators.json")[name]?[kind]?.arrayValue)
    }

    /// JSON rows as a data set, each number as Python has it.
    private func dataset(_ rows: [JSONValue]) throws -> Dataset {
        func cell(_ value: JSONValue) -> CellValue {
            switch value {
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .array(let values): .list(values.map(cell))
            default: .null
            }
        }
        let names = rows[0].objectValue?.keys ?? []
        return try Dataset.from(columns: names.map { name in (name, rows.map { cell($0[name] ?? .null) }) })
    }

    private func expectEqual(_ batch: Batch, _ python: JSONValue?, _ place: Comment) {
        let wanted = python?.objectValue?.members ?? []
        #expect(Set(batch.entries.map(\.key.name)) == Set(wanted.map(\.key)), place)
        for (name, value) in wanted {
            guard let tensor = batch[BatchKey(name)] else { continue }
            var shape: [Int] = []
            var numbers: [Double] = []
            var isFraction = false
            func walk(_ value: JSONValue, _ depth: Int) {
                if let list = value.arrayValue {
                    if shape.count == depth { shape.append(list.count) }
                    for element in list { walk(element, depth + 1) }
                } else {
                    if case .double = value { isFraction = true }
                    numbers.append(value.doubleValue ?? .nan)
                }
            }
            walk(value, 0)
            #expect(tensor.shape == shape, "\(place): \(name)")
            #expect(tensor.dtype == (isFraction ? .float32 : .int64), "\(place): \(name)")
            #expect(tensor.array(of: Double.self) == numbers, "\(place): \(name)")
        }
    }

    @Test(arguments: sides) func tokenClassification(_ name: String) throws {
        for record in try cases(name, "token_classification") {
            let options = record["options"]
            let collator = try DataCollatorForTokenClassification(
                tokenizer(name), padding: options?["padding"] == nil ? .longest : .maxLength,
                maxLength: options?["max_length"]?.intValue, padToMultipleOf: options?["pad_to_multiple_of"]?.intValue,
                labelPadTokenId: options?["label_pad_token_id"]?.intValue ?? -100)
            let rows = try dataset(record["rows"]?.list ?? [])
            let batch = try collator(Array(rows))
            expectEqual(batch, record["batch"], "\(name), \(options ?? .null)")
            #expect(batch.labelCount == batch[.labels]?.array(of: Int.self).count { $0 != -100 })
        }
    }

    @Test(arguments: sides) func padding(_ name: String) throws {
        for record in try cases(name, "padding") {
            let rows = try dataset(record["rows"]?.list ?? [])
            let batch = try DataCollatorWithPadding(tokenizer(name))(Array(rows))
            expectEqual(batch, record["batch"], "\(name)")
        }
    }

    @Test(arguments: sides) func languageModelling(_ name: String) throws {
        for record in try cases(name, "language_modelling") {
            let options = record["options"]
            manualSeed(5)
            let collator = try DataCollatorForLanguageModeling(tokenizer(name)) {
                $0.mlm = options?["mlm"]?.boolValue ?? true
                $0.wholeWordMask = options?["whole_word_mask"]?.boolValue ?? false
                $0.mlmProbability = options?["mlm_probability"]?.doubleValue ?? 0.15
                $0.maskReplaceProb = options?["mask_replace_prob"]?.doubleValue ?? 0.8
                $0.randomReplaceProb = options?["random_replace_prob"]?.doubleValue ?? 0.1
                $0.padToMultipleOf = options?["pad_to_multiple_of"]?.intValue
                $0.seed = options?["seed"]?.intValue
            }
            for call in record["calls"]?.list ?? [] {
                let rows = try dataset(call["rows"]?.list ?? [])
                expectEqual(try collator(Array(rows)), call["batch"], "\(name), \(options ?? .null)")
            }
            #expect(Tensor.randint(0, 1 << 31, [3]).array(of: Int.self) == record["after"]?.ints)
        }
    }

    @Test(arguments: sides) func multipleChoice(_ name: String) throws {
        for record in try cases(name, "multiple_choice") {
            let rows = try dataset(record["rows"]?.list ?? [])
            expectEqual(try DataCollatorForMultipleChoice(tokenizer(name))(Array(rows)), record["batch"], "\(name)")
        }
    }

    @Test func mistakes() throws {
        let tokenizer = try TaskFixtures.tokenizer("wordpiece")
        func fails(_ columns: KeyValuePairs<String, any ColumnConvertible>, _ collator: some DataCollator) -> String? {
            message { _ = try collator(Array(Dataset.from(dictionary: columns))) }
        }
        let tags = try DataCollatorForTokenClassification(tokenizer)
        #expect(fails(["input_ids": [[1, 2]], "labels": [[1]]], tags) == "row 0: 1 labels for 2 tokens")
        #expect(fails(["text": ["a"]], tags)?.contains("no column input_ids") == true)
        let choices = try DataCollatorForMultipleChoice(tokenizer)
        #expect(fails(["input_ids": [[[1]], [[1], [2]]]], choices) == "row 1 has 2 choices and row 0 1")
        #expect(fails(["input_ids": [[[1]]], "label": [3]], choices)?.contains("the choices 0 to 0") == true)
        let padding = try DataCollatorWithPadding(tokenizer)
        #expect(
            fails(["input_ids": [[1], [2]], "labels": [[1], [1, 2]]], padding)?
                .contains("need DataCollatorForTokenClassification") == true)
        let words = try DataCollatorForLanguageModeling(tokenizer) { $0.wholeWordMask = true }
        #expect(fails(["input_ids": [[1]]], words)?.contains("needs the column offset_mapping") == true)
        #expect(
            fails(["input_ids": [[1]], "offset_mapping": [[[1]]]], words)?.contains("pairs of a start and an end")
                == true)
        let short = try DataCollatorForTokenClassification(tokenizer, padding: .maxLength, maxLength: 1)
        #expect(fails(["input_ids": [[1, 2]]], short)?.contains("has 2 tokens, but rows are padded to 1") == true)
        #expect(throws: PretrainedModelError.self) {
            try DataCollatorForLanguageModeling(tokenizer) { $0.mlmProbability = 2 }
        }
        #expect(throws: PretrainedModelError.self) {
            try DataCollatorForLanguageModeling(tokenizer) { ($0.mlm, $0.wholeWordMask) = (false, true) }
        }
    }

    /// Data sets keep what the trainer checks and orders by.
    @Test func collatedDataSets() throws {
        let rows = try Dataset.from(dictionary: ["input_ids": [[1, 2, 3], [4]], "labels": [[0, 1, 0], [1]]])
        let collator = try DataCollatorForTokenClassification(TaskFixtures.tokenizer("wordpiece"))
        let examples = try rows.collated(by: collator).examples(CollationContext())
        #expect(examples.count == 2 && examples.length?(0) == 3 && examples.label == nil)
        #expect(try examples.inputRange?(1)?.length == 1)
        #expect(try examples.batch([1, 0])[.labels]?.shape == [2, 3])
    }
}
