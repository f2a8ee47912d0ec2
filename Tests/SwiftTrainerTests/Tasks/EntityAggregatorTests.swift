import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Entities of scores against Python's TokenClassificationPipeline.
@Suite struct EntityAggregatorTests {
    @Test(arguments: TaskFixtures.tokenizers) func equalsPython(_ name: String) throws {
        let python = try TaskFixtures.json("token_classification.json")
        let labels = try #require(python["labels"]).strings
        let tokenizer = try TaskFixtures.tokenizer(name)
        for record in try #require(python[name]?["aggregation"]?.arrayValue) {
            let words = record["words"]?.strings ?? []
            let text = words.joined(separator: " ")
            let isSplit = record["split"]?.boolValue ?? false
            let length = record["length"]?.intValue
            let encodings =
                try isSplit
                ? [tokenizer(words: words, truncation: true, maxLength: length)]
                : Array(
                    tokenizer(
                        batch: [text], padding: true, truncation: true, maxLength: length,
                        stride: record["stride"]?.intValue ?? 0,
                        returnOverflowingTokens: record["stride"]?.intValue != nil))
            let logits = (record["logits"]?.list ?? []).map { part in part.ints.map { Float($0) / 100 } }
            #expect(encodings.count == logits.count)
            for (strategy, wanted) in record["entities"]?.objectValue?.members ?? [] {
                let aggregator = EntityAggregator(
                    tokenizer: tokenizer, labels: labels,
                    strategy: try #require(AggregationStrategy(rawValue: strategy)))
                let parts = try zip(encodings, logits).map { encoding, logits in
                    try isSplit
                        ? aggregator.entities(words: words, encoding: encoding, logits: logits)
                        : aggregator.entities(text: text, encoding: encoding, logits: logits)
                }
                let found = parts.count > 1 ? aggregator.merge(parts) : parts[0]
                let place: Comment = "\(name), \(text), \(strategy)"
                #expect(found.map(\.entity) == wanted.list.compactMap { $0["entity"]?.stringValue }, place)
                #expect(found.map(\.word) == wanted.list.compactMap { $0["word"]?.stringValue }, place)
                #expect(found.map(\.start) == wanted.list.compactMap { $0["start"]?.intValue }, place)
                #expect(found.map(\.end) == wanted.list.compactMap { $0["end"]?.intValue }, place)
                #expect(found.compactMap(\.index) == wanted.list.compactMap { $0["index"]?.intValue }, place)
                for (entity, want) in zip(found, wanted.list) {
                    #expect(abs(Double(entity.score) - (want["score"]?.doubleValue ?? -1)) < 1e-6, place)
                }
            }
        }
    }

    /// Labels with ends, which Python's pipeline takes for types of their own.
    @Test(arguments: [["O", "B-A", "M-A", "E-A", "S-A"], ["O", "B-A", "I-A", "L-A", "U-A"]])
    func schemesWithEnds(_ labels: [String]) throws {
        let tokenizer = try TaskFixtures.tokenizer("wordpiece")
        let words = ["a", "a", "a", "a", "a", "a"]
        let encoding = try tokenizer(words: words)
        // B M E S S O
        var logits: [Float] = []
        for label in [0, 1, 2, 3, 4, 4, 0, 0] { logits += labels.indices.map { $0 == label ? 5 : 0 } }
        let aggregator = EntityAggregator(tokenizer: tokenizer, labels: labels)
        let found = try aggregator.entities(words: words, encoding: encoding, logits: logits)
        #expect(found.map(\.start) == [0, 6, 8] && found.map(\.end) == [5, 7, 9])
        #expect(found.allSatisfy { $0.entity == "A" })
        let few = message { _ = try aggregator.entities(words: words, encoding: encoding, logits: [1]) }
        #expect(few == "logits: there are 1 for 8 tokens and 5 labels")
    }
}
