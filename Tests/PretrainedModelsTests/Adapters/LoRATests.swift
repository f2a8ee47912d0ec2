import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

/// The small BERT and adapters that Python's PEFT put on it: scripts/fixtures/lora.py.
struct LoRAFixture {
    let expected: JSONValue
    let reference: JSONValue
    static let folder = Fixtures.folder.appending(path: "lora")

    init() throws {
        expected = try Fixtures.json("lora/expected.json")
        reference = try Fixtures.json("tiny-bert/expected.json")
    }

    var batch: Batch {
        var batch = Batch((reference["inputs"]?.objectValue?.map { (BatchKey($0.key), $0.value.matrix) }) ?? [])
        batch[.labels] = Tensor(reference["labels"]?.ints ?? [])
        return batch
    }

    func model(dropout: Bool = true) throws -> SequenceClassificationModel {
        try AutoModelForSequenceClassification.fromPretrained(
            folder: Fixtures.tinyBert,
            config: dropout ? [:] : ["hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0])
    }

    /// The folder of a kept adapter, with the small BERT's place as this machine has it.
    static func withAdapter<Result>(_ name: String, _ body: (URL) throws -> Result) throws -> Result {
        try Fixtures.withFolder { folder in
            let source = Self.folder.appending(path: name)
            let file = source.appending(path: "adapter_config.json")
            var json = try #require(try JSONValue(parsing: Data(contentsOf: file)).objectValue)
            json["base_model_name_or_path"] = .string(Fixtures.tinyBert.path)
            try Data(JSONValue.object(json).serialized().utf8).write(to: folder.appending(path: "adapter_config.json"))
            try FileManager.default.copyItem(
                at: source.appending(path: "adapter_model.safetensors"),
                to: folder.appending(path: "adapter_model.safetensors"))
            return try body(folder)
        }
    }

    static let cases: [(name: String, configuration: LoRAConfiguration)] = [
        ("defaults", LoRAConfiguration(taskType: .sequenceClassification)),
        (
            "no task",
            LoRAConfiguration {
                $0.r = 4
                $0.loraAlpha = 16
            }
        ),
        (
            "all linear",
            LoRAConfiguration(taskType: .sequenceClassification) {
                $0.targetModules = .allLinear
                $0.r = 3
            }
        ),
        (
            "pattern",
            LoRAConfiguration(taskType: .sequenceClassification) {
                $0.targetModules = .pattern(#".*\.layer\.1\..*\.dense"#)
                $0.r = 2
                $0.loraAlpha = 3
            }
        ),
        (
            "excluded",
            LoRAConfiguration {
                $0.targetModules = .names(["dense", "query"])
                $0.excludeModules = .names(["intermediate.dense", "pooler.dense"])
            }
        ),
        (
            "rank-stabilized",
            LoRAConfiguration(taskType: .sequenceClassification) {
                $0.useRslora = true
                $0.r = 4
            }
        ),
        (
            "patterns",
            LoRAConfiguration {
                $0.r = 4
                $0.loraAlpha = 8
                $0.targetModules = .names(["query", "value", "dense"])
                $0.rankPattern = [("layer.0.attention.self.query", 2), ("value", 6), (#".*output\.dense"#, 1)]
                $0.alphaPattern = [("query", 32)]
            }
        ),
        (
            "one layer",
            LoRAConfiguration {
                $0.targetModules = .names(["query", "dense"])
                $0.layersToTransform = [1]
            }
        ),
        (
            "one layer by name",
            LoRAConfiguration {
                $0.targetModules = .names(["query"])
                $0.layersToTransform = [0]
                $0.layersPattern = ["layer"]
            }
        ),
        (
            "gaussian",
            LoRAConfiguration {
                $0.initLoraWeights = .gaussian
                $0.r = 4
            }
        ),
        (
            "random",
            LoRAConfiguration {
                $0.initLoraWeights = .random
                $0.r = 4
            }
        ),
        ("all biases", LoRAConfiguration(taskType: .sequenceClassification) { $0.bias = .all }),
        ("own biases", LoRAConfiguration(taskType: .sequenceClassification) { $0.bias = .loraOnly }),
        ("saved whole", LoRAConfiguration(taskType: .sequenceClassification) { $0.modulesToSave = ["pooler"] }),
    ]

    /// What the script's `disturb` does.
    static func disturb(_ model: PretrainedModel) {
        manualSeed(5)
        noGrad {
            for (_, parameter) in model.namedParameters() where parameter.requiresGrad {
                _ = parameter.add_(Tensor.randn(parameter.shape), alpha: 0.1)
            }
        }
    }
}

extension SmallModelTests {
    /// Adapters against PEFT's numbers.
    @Suite struct LoRATests {
        private let fixture: LoRAFixture

        init() throws { fixture = try LoRAFixture() }

        @Test(arguments: LoRAFixture.cases.map(\.name)) func adaptersAreThoseOfPEFT(_ name: String) throws {
            let configuration = try #require(LoRAFixture.cases.first { $0.name == name }?.configuration)
            let wanted = try #require(fixture.expected["cases"]?[name])
            let model = try fixture.model()
            manualSeed(9)
            try model.addAdapter(configuration)
            #expect(randomProbe() == wanted["probe_after"]?.intValue)
            let trained = model.namedParameters().filter { $0.parameter.requiresGrad }
            let shapes = wanted["shapes"]?.objectValue ?? [:]
            #expect(trained.map(\.name) == shapes.keys)
            for (parameterName, parameter) in trained {
                #expect(parameter.shape == shapes[parameterName]?.ints, "\(parameterName)")
                let first = Array(parameter.array(of: Float.self).prefix(3))
                #expect(first == wanted["firsts"]?[parameterName]?.doubles.map { Float($0) }, "\(parameterName)")
            }
            LoRAFixture.disturb(model)
            // PEFT writes a head's bias under two names where all biases are trained.
            let keys = wanted["keys"]?.arrayValue?.compactMap(\.stringValue).filter {
                !$0.contains(".modules_to_save.")
            }
            #expect(model.adapterWeights?.names.sorted() == keys)
            let logits = try model.evaluating { try model.logits(fixture.batch) }
            #expect(difference(logits.array(), wanted["logits"]?.doubles ?? []) < 1e-5)
            try model.mergeAdapter()
            try model.mergeAdapter()
            let merged = try model.evaluating { try model.logits(fixture.batch) }
            #expect(difference(merged.array(), wanted["merged"]?.doubles ?? []) < 1e-5)
            try model.unmergeAdapter()
            let again = try model.evaluating { try model.logits(fixture.batch) }
            #expect(difference(again.array(), wanted["logits"]?.doubles ?? []) < 1e-5)
        }

        @Test func dropoutDrawsWhatPythonDraws() throws {
            let model = try fixture.model()
            manualSeed(9)
            try model.addAdapter(
                LoRAConfiguration(taskType: .sequenceClassification) {
                    $0.loraDropout = 0.25
                    $0.targetModules = .allLinear
                })
            LoRAFixture.disturb(model)
            model.train()
            manualSeed(7)
            let loss = try #require(try model.forward(fixture.batch).loss)
            #expect(abs(loss.item() - (fixture.expected["dropout"]?["loss"]?.doubleValue ?? .nan)) < 1e-6)
            #expect(randomProbe() == fixture.expected["dropout"]?["probe_after"]?.intValue)
        }

        @Test func theFastPathComputesTheSame() throws {
            let model = try fixture.model(dropout: false)
            try model.addAdapter(LoRAConfiguration(taskType: .sequenceClassification) { $0.targetModules = .allLinear })
            LoRAFixture.disturb(model)
            var batch = fixture.batch
            let plain = try #require(try model.forward(batch).loss)
            batch.step = StepContext(globalStep: 0, microBatch: 0, seed: 0, isFast: true)
            let fast = try #require(try model.forward(batch).loss)
            #expect(abs(plain.item() - fast.item()) < 1e-5)
            fast.backward()
            #expect(model.namedParameters().allSatisfy { ($0.parameter.grad != nil) == $0.parameter.requiresGrad })
        }

        @Test func aMergedModelIsPlainAgain() throws {
            let model = try fixture.model()
            let names = model.stateDict().names
            try model.addAdapter(LoRAConfiguration(taskType: .sequenceClassification))
            LoRAFixture.disturb(model)
            let adapted = try model.logits(fixture.batch)
            try model.mergeAndUnload()
            #expect(model.adapter == nil && model.stateDict().names == names)
            #expect(model.parameters().allSatisfy { $0.requiresGrad })
            try Fixtures.withFolder { folder in
                try model.savePretrained(folder)
                let loaded = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
                #expect(difference(try loaded.logits(fixture.batch).array(), adapted.array()) < 1e-5)
            }
        }

        @Test func mistakesAreNamed() throws {
            func message(_ configure: (inout LoRAConfiguration) -> Void) throws -> String {
                let model = try fixture.model()
                let names = model.stateDict().names
                do {
                    try model.addAdapter(LoRAConfiguration(configure))
                    return ""
                } catch {
                    #expect(model.adapter == nil && model.stateDict().names == names)
                    return "\(error)"
                }
            }
            #expect(try message { $0.targetModules = .names(["q_proj"]) }.contains("its linear layers are query, key"))
            #expect(try message { $0.targetModules = .names(["word_embeddings", "query"]) }.contains("an embedding"))
            #expect(try message { $0.targetModules = .pattern("(") }.contains("malformed regular expression"))
            #expect(try message { $0.targetModules = .pattern("query)|(?:value") }.contains("malformed"))
            #expect(try message { $0.targetModules = .pattern("(([a-z.0-9_])+)+!") }.contains("takes too long"))
            #expect(try message { $0.r = 0 }.contains("r is 0"))
            #expect(try message { $0.loraDropout = 1 }.contains("lora_dropout is 1.0"))
            #expect(
                try message {
                    $0.targetModules = .pattern("query")
                    $0.layersToTransform = [1]
                }.contains("layers_to_transform"))
            let model = try fixture.model()
            #expect(throws: PretrainedModelError.self) { try model.mergeAdapter() }
            try model.addAdapter(LoRAConfiguration())
            #expect(throws: PretrainedModelError.self) { try model.addAdapter(LoRAConfiguration()) }
        }
    }
}
