import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

/// Small random models of every family and head, with what Python's classes compute: logits, losses, gradient norms,
/// order and names of the weights, and texts that were generated.
@Suite struct TinyModelTests {
    /// Folders `family/head` with `config.json`, `model.safetensors` and `expected.json`.
    static let folders: [URL] = {
        let roots = [
            Fixtures.folder.appending(path: "tiny-models"), Shared.folder?.appending(path: "golden/tiny-models"),
        ]
        return roots.compactMap(\.self).flatMap { root in
            contents(root).flatMap(contents)
        }.filter(isSupported)
    }()

    private static func contents(_ folder: URL) -> [URL] {
        ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
            .sorted { $0.path < $1.path }
    }

    private static func isSupported(_ folder: URL) -> Bool {
        let type = try? ModelConfiguration(folder: folder).modelType
        return type.map(ModelRegistry.modelTypes.contains) ?? false
    }

    /// - Parameter config: Values that replace the file's.
    static func load(_ folder: URL, config: [String: JSONValue] = [:]) throws -> HeadedModel {
        func load<Auto: AutoModelClass>(_: Auto.Type) throws -> HeadedModel {
            // Python's default for the taggers of decoders is 0.1.
            let type = try AutoConfig.fromPretrained(folder: folder).modelType ?? ""
            let isDecoder = ["gpt2", "llama", "mistral", "qwen2", "qwen3"].contains(type)
            let given: [String: JSONValue] =
                isDecoder && folder.lastPathComponent == "token-classification" ? ["classifier_dropout": 0.0] : [:]
            let model: PretrainedModel = try Auto.fromPretrained(
                folder: folder, config: given.merging(config) { $1 })
            return try #require(model as? HeadedModel)
        }
        let auto = try #require(TinyModelTests.classes[folder.lastPathComponent])
        return try load(auto)
    }

    /// The class for each folder of a head.
    static let classes: [String: any AutoModelClass.Type] = [
        "sequence-classification": AutoModelForSequenceClassification.self,
        "token-classification": AutoModelForTokenClassification.self,
        "question-answering": AutoModelForQuestionAnswering.self,
        "multiple-choice": AutoModelForMultipleChoice.self,
        "masked-lm": AutoModelForMaskedLM.self,
        "causal-lm": AutoModelForCausalLM.self,
    ]

    private static func tensor(_ value: JSONValue) -> Tensor {
        func shape(_ value: JSONValue) -> [Int] {
            guard let values = value.arrayValue else { return [] }
            return [values.count] + (values.first.map(shape) ?? [])
        }
        func isFloat(_ value: JSONValue) -> Bool {
            if let values = value.arrayValue { return values.first.map(isFloat) ?? false }
            if case .int = value { return false }
            return true
        }
        let flat = isFloat(value) ? Tensor(value.doubles.map { Float($0) }) : Tensor(value.ints)
        return flat.view(shape(value))
    }

    static func batch(_ expected: JSONValue, fast: Bool) throws -> Batch {
        let inputs = try #require(expected["inputs"]?.objectValue)
        let labels = try #require(expected["labels"]?.objectValue)
        var batch = Batch((inputs.members + labels.members).map { (BatchKey($0.key), tensor($0.value)) })
        if let mask = batch[.attentionMask], mask.dim == 2 {
            batch.lengths = mask.sum(dim: [1]).array(of: Int.self)
            batch.rows = Array(0..<mask.size(0))
        }
        if fast { batch.step = StepContext(globalStep: 0, microBatch: 0, seed: 0, isFast: true) }
        return batch
    }

    @Test(arguments: folders, [false, true])
    func logitsLossAndGradients(_ folder: URL, fast: Bool) throws {
        let file = folder.appending(path: "expected.json")
        let golden = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
        for (name, expected) in try #require(golden["cases"]?.objectValue).members {
            // A decoder's dropout is 0.1 where the file says nothing.
            let model = try Self.load(folder, config: ["classifier_dropout": 0.0])
            if ProblemType(rawValue: name) != nil { model.config["problem_type"] = .string(name) }
            // Training mode: as dropout is 0, only the path taken differs.
            model.train()
            let batch = try Self.batch(expected, fast: fast)
            let output = try model.forward(batch)
            let loss = try #require(output.loss)
            #expect(difference([loss.item()], expected["loss"]?.doubles ?? []) < 1e-5, "\(name)")
            for (key, values) in Self.logits(output) {
                // Where padding is left out, its scores are zeros.
                if fast, key == "logits", values.dim == 3, name != "unpadded_one_row" { continue }
                #expect(difference(values.array(), expected[key]?.doubles ?? []) < 1e-5, "\(name) \(key)")
            }
            guard let norms = expected["grad_norms"]?.objectValue else { continue }
            try withTorchErrors { loss.backward() }
            for (key, parameter) in model.namedParameters() {
                let norm = parameter.grad?.to(.float64).linalgVectorNorm().item()
                #expect(difference([norm ?? 0], norms[key]?.doubles ?? [0]) < 1e-5, "\(name) \(key)")
            }
            #expect(Set(norms.members.map(\.key)).isSubset(of: model.namedParameters().map(\.name)))
        }
    }

    /// DeBERTa-v2's class without a `problem_type`: scripts/fixtures/deberta_losses.py.
    @Test func sharesOfClasses() throws {
        let golden = try Fixtures.json("deberta-losses.json")
        let folder = Fixtures.folder.appending(path: "tiny-models/deberta-v2/sequence-classification")
        for (name, expected) in try #require(golden["cases"]?.objectValue).members {
            let model = try Self.load(folder)
            let labels: JSONValue = ["labels": expected["labels"] ?? .null]
            let inputs: JSONValue = ["inputs": golden["inputs"] ?? .null, "labels": labels]
            let batch = try Self.batch(inputs, fast: false)
            let loss = try #require(try model.forward(batch).loss)
            #expect(difference([loss.item()], expected["loss"]?.doubles ?? []) < 1e-6, "\(name)")
            #expect(model.config["problem_type"] ?? .null == .null)
            #expect(model.lossWeight(batch) == ["some classes": 1, "a column of none": 0][name] ?? 3, "\(name)")
            guard let norms = expected["grad_norms"]?.objectValue else { continue }
            try withTorchErrors { loss.backward() }
            for (key, parameter) in model.namedParameters() {
                let norm = parameter.grad?.to(.float64).linalgVectorNorm().item() ?? 0
                #expect(difference([norm], norms[key]?.doubles ?? [0]) < 1e-5, "\(name) \(key)")
            }
        }
        let model = try Self.load(folder)
        let batch = Batch([(.inputIds, Tensor([[5, 6]])), (.labels, Tensor([[0.5 as Float, 0.5]]))])
        #expect(throws: PretrainedModelError.self) { try model.forward(batch) }
    }

    /// Layers that are computed again in the backward pass give the same gradients, those of shared parts included.
    @Test(arguments: ["bert", "mpnet", "deberta-v2", "deberta-v2.xlarge", "modernbert"])
    func recomputedLayers(_ family: String) throws {
        let folder = Fixtures.folder.appending(path: "tiny-models/\(family)/sequence-classification")
        let golden = try JSONValue(
            parsing: Data(contentsOf: folder.appending(path: "expected.json")), source: folder.path)
        let expected = try #require(golden["cases"]?["right_padded"])
        let model = try Self.load(folder)
        (model as? any ActivationCheckpointingModel)?.activationCheckpointing = ActivationCheckpointingOptions()
        model.train()
        let loss = try #require(try model.forward(try Self.batch(expected, fast: false)).loss)
        try withTorchErrors { loss.backward() }
        for (key, parameter) in model.namedParameters() {
            let norm = parameter.grad?.to(.float64).linalgVectorNorm().item() ?? 0
            #expect(difference([norm], expected["grad_norms"]?[key]?.doubles ?? [0]) < 1e-5, "\(key)")
        }
    }

    /// Only positions with an embedding of their own have an end.
    @Test func longestRow() throws {
        for (family, limit) in [("bert", 16), ("roberta", 14), ("deberta-v2", nil), ("modernbert", nil)]
            as [(String, Int?)]
        {
            let folder = Fixtures.folder.appending(path: "tiny-models/\(family)/sequence-classification")
            let model = try Self.load(folder)
            #expect(model.maxInputLength == limit, "\(family)")
            guard limit == nil else { continue }
            let logits = try model.forward(Batch([(.inputIds, Tensor.ones([1, 40], dtype: .int64))])).logits
            #expect(logits?.isfinite().all().item() == 1, "\(family)")
        }
    }

    private static func logits(_ output: ModelOutput) -> [(String, Tensor)] {
        (output.logits.map { [("logits", $0)] } ?? []) + output.others.map { ($0.name, $0.tensor) }
    }

    @Test(arguments: folders) func namesAndOrderOfWeights(_ folder: URL) throws {
        let file = folder.appending(path: "expected.json")
        let golden = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
        let model = try Self.load(folder)
        #expect(model.namedParameters().map(\.name) == golden["parameters"]?.objectValue?.members.map(\.key))
        #expect(model.architectureName == golden["class"]?.stringValue)
        try Fixtures.withFolder { saved in
            try model.savePretrained(saved)
            let ours = try SafetensorsFile(url: saved.appending(path: "model.safetensors"))
            let theirs = try SafetensorsFile(url: folder.appending(path: "model.safetensors"))
            #expect(Set(ours.tensors.map(\.name)) == Set(theirs.tensors.map(\.name)))
        }
    }
}
