import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

/// Logits, losses, gradients and initial values against Python's, on MiniLM. Serialized: seeds are the process's.
@Suite(.serialized, .enabled(if: Shared.folder != nil && Shared.minilm != nil))
struct ForwardParityTests {
    static func batch(_ golden: JSONValue) -> Batch {
        let inputs = golden["inputs"]?.objectValue ?? JSONObject()
        var batch = Batch(inputs.members.map { (BatchKey($0.key), $0.value.matrix) })
        batch[.labels] = Tensor(golden["labels"]?.ints ?? [])
        let mask = golden["inputs"]?["attention_mask"]?.arrayValue ?? []
        batch.lengths = mask.map { $0.ints.reduce(0, +) }
        batch.rows = Array(mask.indices)
        return batch
    }

    static func model(_ attention: String) throws -> SequenceClassificationModel {
        manualSeed(42)
        let folder = try #require(Shared.minilm)
        Warnings.send { _ in }
        return try AutoModelForSequenceClassification.fromPretrained(
            folder: folder, numLabels: 2, config: ["attn_implementation": .string(attention)])
    }

    /// Every parameter's gradient: sum, norm and first values.
    static func gradientDifference(_ model: Module, _ expected: JSONValue?) -> Double {
        var worst = 0.0
        for (name, parameter) in model.namedParameters() {
            guard let want = expected?[name], let sparse = parameter.grad else {
                worst = .infinity
                continue
            }
            let grad = sparse.isSparse ? sparse.toDense() : sparse
            let values = grad.to(.float64).flatten()
            let got = [values.sum().item(), values.linalgVectorNorm().item()] + values[0..<4].array(of: Double.self)
            worst = max(
                worst,
                difference(
                    got, (want["sum"]?.doubles ?? []) + (want["l2"]?.doubles ?? []) + (want["head"]?.doubles ?? [])))
        }
        return worst
    }

    @Test(arguments: ["sdpa", "eager"]) func evaluationRun(attention: String) throws {
        let golden = try Shared.golden("forward_minilm.json")
        let run = try #require(
            golden["runs"]?.arrayValue?.first {
                $0["attention"]?.stringValue == attention && $0["mode"]?.stringValue == "eval"
            })
        let model = try Self.model(attention)
        let output = try model.forward(Self.batch(golden))
        let logits = try #require(output.logits)
        let loss = try #require(output.loss)
        #expect(difference(logits.array(of: Double.self), run["logits"]?.doubles ?? []) < 1e-5)
        #expect(difference([loss.item()], run["loss"]?.doubles ?? []) < 1e-5)
        loss.backward()
        #expect(Self.gradientDifference(model, run["grad"]) < 1e-5)
    }

    @Test(arguments: ["sdpa", "eager"]) func trainingRunDropsWhatPythonDrops(attention: String) throws {
        let golden = try Shared.golden("forward_minilm.json")
        let run = try #require(
            golden["runs"]?.arrayValue?.first {
                $0["attention"]?.stringValue == attention && $0["mode"]?.stringValue == "train"
            })
        let model = try Self.model(attention).train()
        manualSeed(0)
        let output = try model.forward(Self.batch(golden))
        #expect(difference(output.logits?.array(of: Double.self) ?? [], run["logits"]?.doubles ?? []) < 1e-5)
        let next = Tensor.empty([], dtype: .int64).random_().item(as: Int.self)
        #expect(next == run["rng_probe_after"]?.intValue)
        output.loss?.backward()
        #expect(Self.gradientDifference(model, run["grad"]) < 1e-5)
    }

    @Test func fastPathEqualsTheReference() throws {
        let golden = try Shared.golden("forward_minilm.json")
        let run = try #require(
            golden["runs"]?.arrayValue?.first {
                $0["attention"]?.stringValue == "sdpa" && $0["mode"]?.stringValue == "eval"
            })
        let model = try Self.model("sdpa")
        var batch = Self.batch(golden)
        batch.step = StepContext(
            globalStep: 0, microBatch: 0, seed: 42, isFast: true, allowsSparseGradients: true)
        let output = try model.forward(batch)
        #expect(difference(output.logits?.array(of: Double.self) ?? [], run["logits"]?.doubles ?? []) < 1e-5)
        output.loss?.backward()
        #expect(Self.gradientDifference(model, run["grad"]) < 1e-5)
        let words = model.namedParameters().first { $0.name == "bert.embeddings.word_embeddings.weight" }
        #expect(words?.parameter.grad?.isSparse == true)
    }

    @Test func headIsPythonsBitForBit() throws {
        let model = try Self.model("sdpa")
        let golden = try #require(Shared.folder).appending(path: "golden/classifier_init_seed42.safetensors")
        let expected = try Safetensors.load(golden, copying: true)
        let state = model.stateDict()
        for (name, tensor) in expected.entries {
            #expect(state[name]?.array(of: Float.self) == tensor.array(of: Float.self))
        }
        let next = Tensor.empty([], dtype: .int64).random_().item(as: Int.self)
        #expect(next == (try Shared.golden("forward_minilm.json"))["rng_probe_after_init"]?.intValue)
    }
}
