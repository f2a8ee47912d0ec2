import Foundation
import OrderedJSON
import PretrainedModels
import Testing

extension SmallModelTests {
    /// Sizes in a configuration that the weights beside it cannot fill.
    @Suite struct HostileConfigurationTests {
        @Test(
            arguments: [
                ["vocab_size": 1_073_741_824],
                ["hidden_size": 65536, "num_attention_heads": 64, "num_hidden_layers": 1000],
                ["intermediate_size": 1_048_576, "num_hidden_layers": 1000], ["max_position_embeddings": 16_777_216],
                ["num_labels": 1_073_741_824, "id2label": nil],
                ["vocab_size": 1_073_741_824, "hidden_size": 65536, "pad_token_id": 0],
            ] as [[String: JSONValue]])
        func noMemoryIsTakenForThem(_ sizes: [String: JSONValue]) throws {
            let start = ContinuousClock.now
            let error = #expect(throws: PretrainedModelError.self) {
                try AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert, config: sizes)
            }
            let text = String(describing: error)
            #expect(text.contains("far more numbers than the weights") || text.contains("it must lie between"))
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }
}
