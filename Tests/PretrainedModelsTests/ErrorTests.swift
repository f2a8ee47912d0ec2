import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

/// Folders that make no model: each ends in one line that says what is wrong and where.
@Suite struct ErrorTests {
    private func message(_ change: (URL) throws -> Void) throws -> String {
        try Fixtures.withCopy { folder in
            try change(folder)
            let error = #expect(throws: (any Error).self) {
                try AutoModelForSequenceClassification.fromPretrained(
                    folder: folder)
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(!text.contains("\n"))
            return text
        }
    }

    private func configure(_ folder: URL, _ values: JSONObject) throws {
        var configuration = try ModelConfiguration(folder: folder)
        for (key, value) in values { configuration[key] = value }
        try configuration.fileContents.write(to: folder.appending(path: "config.json"))
    }

    private static let wrongValues: [(key: String, value: JSONValue, part: String)] = [
        ("hidden_size", 33, "no multiple"), ("hidden_size", -1, "between 1"), ("vocab_size", "many", "a whole number"),
        ("num_hidden_layers", 1_000_000, "between 0 and 1000"), ("hidden_act", "sine", "supported: gelu"),
        ("hidden_dropout_prob", 1.5, "between 0"), ("layer_norm_eps", -1.0, "between 0"),
        ("pad_token_id", 40, "vocabulary"), ("is_decoder", true, "decoder"),
        ("position_embedding_type", "relative_key", "absolute"), ("id2label", ["0": "a", "2": "b"], "without a gap"),
        ("vocab_size", 99_999_999_999, "between 1"),
        ("attn_implementation", "flash", "eager"),
    ]

    @Test(arguments: wrongValues)
    func configurationValues(_ key: String, _ value: JSONValue, _ part: String) throws {
        let text = try message { folder in
            let json = try ModelConfiguration(folder: folder).values
            var changed = json
            changed[key] = value
            try Data(JSONValue.object(changed).serialized().utf8).write(to: folder.appending(path: "config.json"))
        }
        #expect(text.contains("config.json") && text.contains(key) && text.contains(part), "\(text)")
    }

    /// Sizes that make no model, of the families whose settings are their own.
    private static let wrongSizes: [(type: String, values: JSONObject, part: String)] = [
        ("mpnet", ["num_attention_heads": 0], "num_attention_heads is 0: it must lie between 1"),
        ("mpnet", ["hidden_size": 770], "no multiple of num_attention_heads"),
        ("mpnet", ["relative_attention_num_buckets": 16], "it must lie between 32"),
        ("mpnet", ["relative_attention_num_buckets": 9_000_000_000], "relative_attention_num_buckets is 9000000000"),
        ("mpnet", ["attn_implementation": "sdpa"], "attn_implementation is \"sdpa\": supported: eager"),
        ("mpnet", ["max_position_embeddings": 2], "max_position_embeddings"),
        ("deberta-v2", ["num_attention_heads": -24], "num_attention_heads is -24"),
        ("deberta-v2", ["hidden_size": 1_099_511_627_776], "hidden_size is 1099511627776: it must lie between"),
        ("deberta-v2", ["pos_att_type": ["c2p", "p2p"]], "supported: c2p, p2c"),
        ("deberta-v2", ["relative_attention": true, "position_buckets": 4096], "position_buckets is 4096: half of it"),
        (
            "deberta-v2", ["position_buckets": 1_099_511_627_776],
            "position_buckets is 1099511627776: it must lie between"
        ),
        ("deberta-v2", ["max_relative_positions": 1_099_511_627_776], "max_relative_positions"),
        ("deberta-v2", ["conv_kernel_size": 4], "conv_kernel_size is 4: an odd number"),
        ("deberta-v2", ["conv_kernel_size": 3, "conv_groups": 7], "conv_groups is 7: it does not divide hidden_size"),
        ("deberta-v2", ["conv_kernel_size": -3], "conv_kernel_size is -3"),
        ("deberta-v2", ["embedding_size": 0], "embedding_size is 0"),
        ("deberta-v2", ["pooler_hidden_size": 12], "pooler_hidden_size is 12: only 1536"),
        ("deberta-v2", ["type_vocab_size": -1], "type_vocab_size is -1"),
        ("modernbert", ["num_attention_heads": 0], "num_attention_heads is 0"),
        ("modernbert", ["num_attention_heads": 256], "an even multiple of num_attention_heads (256)"),
        ("modernbert", ["hidden_size": -768], "hidden_size is -768"),
        ("modernbert", ["intermediate_size": 1_099_511_627_776], "intermediate_size is 1099511627776"),
        ("modernbert", ["local_attention": -1], "local_attention is -1"),
        ("modernbert", ["num_hidden_layers": 100_000], "num_hidden_layers is 100000"),
        ("modernbert", ["layer_types": ["full_attention"]], "layer_types"),
        ("modernbert", ["global_attn_every_n_layers": 0], "global_attn_every_n_layers is 0"),
        ("modernbert", ["rope_parameters": ["full_attention": ["rope_type": "yarn"]]], "supported: rope_type default"),
        ("modernbert", ["rope_parameters": ["full_attention": ["rope_theta": -1]]], "rope_theta must lie between"),
        ("modernbert", ["classifier_pooling": "max"], "supported: cls, mean"),
        ("modernbert", ["pad_token_id": 60_000], "pad_token_id is 60000: the vocabulary has 50368 tokens"),
        ("modernbert", ["sparse_prediction": true], "sparse_prediction"),
    ]

    @Test(arguments: wrongSizes)
    func sizesOfAFamily(_ type: String, _ values: JSONObject, _ part: String) throws {
        var config = ModelConfiguration(["model_type": .string(type)])
        for (key, value) in values { config[key] = value }
        let error = #expect(throws: PretrainedModelError.self) {
            try AutoModelForSequenceClassification.fromConfig(config)
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(part) && !text.contains("\n"), "\(text)")
    }

    @Test func configurationThatDoesNotFitTheWeights() throws {
        let shapes = try message { try configure($0, ["vocab_size": 41]) }
        #expect(
            shapes.contains("bert.embeddings.word_embeddings.weight is [40, 32] in the file, [41, 32]"), "\(shapes)")
        let missing = try message { try configure($0, ["num_hidden_layers": 3]) }
        #expect(missing.contains("encoder.layer.2.attention.self.query.weight"), "\(missing)")
        #expect(missing.contains("and 13 more"), "\(missing)")
        let labels = try message { try configure($0, ["id2label": ["0": "a"], "label2id": ["a": 0]]) }
        #expect(labels.contains("classifier.weight is [3, 32] in the file, [1, 32]"), "\(labels)")
    }

    @Test func architectures() throws {
        let unknown = try message { try configure($0, ["model_type": "transmogrifier"]) }
        #expect(unknown.contains("'transmogrifier'") && unknown.contains("bert"), "\(unknown)")
        let none = try message { try configure($0, ["model_type": .null]) }
        #expect(none.contains("model_type"), "\(none)")
    }

    @Test func missingAndDamagedFiles() throws {
        let manager = FileManager.default
        let noConfiguration = try message { try manager.removeItem(at: $0.appending(path: "config.json")) }
        #expect(noConfiguration.contains("has no readable config.json"), "\(noConfiguration)")
        let noWeights = try message { try manager.removeItem(at: $0.appending(path: "model.safetensors")) }
        #expect(noWeights.contains("model.safetensors"), "\(noWeights)")
        let truncated = try message { folder in
            let url = folder.appending(path: "model.safetensors")
            try Data(contentsOf: url).prefix(50_000).write(to: url)
        }
        #expect(truncated.contains("truncated"), "\(truncated)")
        let malformed = try message { folder in
            try Data("{\"model_type\": ".utf8).write(to: folder.appending(path: "config.json"))
        }
        #expect(malformed.contains("config.json"), "\(malformed)")
        #expect {
            try AutoConfig.fromPretrained(folder: "/no/such/folder")
        } throws: { "\($0)".contains("/no/such/folder") }
    }

    @Test func unwritableFolder() throws {
        let model = try AutoModel.fromPretrained(
            folder: Fixtures.tinyBert)
        #expect(throws: PretrainedModelError.self) { try model.savePretrained("/dev/null/model") }
    }

    @Test func tokenOutsideTheVocabulary() throws {
        let model = try AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert)
        #expect(throws: TorchError.self) { try model.forward(Batch([(.inputIds, Tensor([[1, 40]]))])) }
        #expect(throws: TorchError.self) {
            try model.forward(Batch([(.inputIds, Tensor.zeros([1, 25], dtype: .int64))]))
        }
        #expect(throws: BatchError.self) { try model.forward(Batch()) }
    }
}
