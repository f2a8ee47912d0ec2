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
