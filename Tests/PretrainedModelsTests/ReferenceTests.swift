import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

/// Everything here changes what the process has once: the random generator, where warnings go.
@Suite(.serialized) struct SmallModelTests {}

extension SmallModelTests {
    /// A small BERT against Python's numbers.
    @Suite struct ReferenceTests {
        private let expected: JSONValue

        init() throws { expected = try Fixtures.json("tiny-bert/expected.json") }

        private func model(_ attention: String = "sdpa") throws -> BertForSequenceClassification {
            let model = try AutoModelForSequenceClassification.fromPretrained(
                folder: Fixtures.tinyBert, config: ["attn_implementation": .string(attention)])
            return try #require(model as? BertForSequenceClassification)
        }

        private var batch: Batch {
            var batch = Batch((expected["inputs"]?.objectValue?.map { (BatchKey($0.key), $0.value.matrix) }) ?? [])
            batch[.labels] = Tensor(expected["labels"]?.ints ?? [])
            return batch
        }

        @Test func stateDictHasPythonsKeysInOrder() throws {
            let names = try model().stateDict().names
            #expect(names == expected["state_dict"]?.arrayValue?.compactMap(\.stringValue))
        }

        @Test(arguments: ["sdpa", "eager"], ["eval", "train"])
        func logitsLossAndGradients(_ attention: String, _ mode: String) throws {
            let runs = (expected["runs"]?.arrayValue ?? []).filter {
                $0["attention"]?.stringValue == attention && $0["mode"]?.stringValue == mode
            }
            #expect(runs.count == 2)
            for run in runs {
                let model = try model(attention)
                model.train(mode == "train")
                var inputs = batch
                if run["padded"]?.boolValue == false {
                    inputs[.attentionMask] = nil
                    inputs[.tokenTypeIds] = nil
                }
                manualSeed(7)
                let output = try model.forward(inputs)
                #expect(randomProbe() == run["probe_after"]?.intValue)
                let loss = try #require(output.loss)
                #expect(abs(loss.item() - (run["loss"]?.doubleValue ?? .nan)) < 1e-6)
                #expect(difference(output.logits?.array() ?? [], run["logits"]?.doubles ?? []) < 1e-5)
                loss.backward()
                for (name, parameter) in model.namedParameters() {
                    let norm = try #require(parameter.grad).to(.float64).norm().item()
                    let wanted = try #require(run["gradient_norms"]?[name]?.doubleValue)
                    #expect(abs(norm - wanted) < 1e-5 * max(1, wanted), "\(name)")
                }
            }
        }

        @Test func everyGradient() throws {
            let file = try SafetensorsFile(url: Fixtures.tinyBert.appending(path: "gradients.safetensors"))
            let model = try model()
            try model.forward(batch).loss?.backward()
            for (name, parameter) in model.namedParameters() {
                let wanted: [Double] = Tensor(copying: try file.require(name)).array()
                #expect(difference(try #require(parameter.grad).array(), wanted) < 1e-5, "\(name)")
            }
            #expect(file.tensors.count == model.parameters().count)
        }

        private func hiddenStates() throws -> [Tensor] {
            let inputs = batch
            return try model().base(
                inputIds: inputs.require(.inputIds), attentionMask: inputs[.attentionMask],
                tokenTypeIds: inputs[.tokenTypeIds]
            ).hiddenStates
        }

        @Test func hiddenStatesOfEveryLayer() throws {
            let run = try #require(expected["runs"]?.arrayValue?.first)
            let states = try hiddenStates()
            let firsts: [Double] = states.flatMap { $0[0][0][0..<4].array(of: Double.self) }
            #expect(states.count == 3)
            #expect(difference(firsts, run["hidden_first"]?.doubles ?? []) < 1e-5)
        }

        @Test func initialWeightsOfAConfiguration() throws {
            manualSeed(42)
            let made = try BertForSequenceClassification(
                ModelConfiguration(folder: Fixtures.tinyBert))
            #expect(randomProbe() == expected["probe_after_init"]?.intValue)
            let file = try SafetensorsFile(url: Fixtures.tinyBert.appending(path: "model.safetensors"))
            for (name, tensor) in made.stateDict().entries {
                #expect(try tensor.serialized() == file.require(name), "\(name)")
            }
            #expect(made.training)
        }

        @Test func missingHeadIsDrawnAsInPython() throws {
            try Fixtures.withFolder { folder in
                let base = try AutoModel.fromPretrained(folder: Fixtures.tinyBert)
                try base.savePretrained(folder)
                let warnings = LoadingWarnings()
                manualSeed(11)
                let model = try AutoModelForSequenceClassification.fromPretrained(
                    folder: folder, numLabels: 5)
                let head = try #require(expected["new_head"])
                #expect(randomProbe() == head["probe_after"]?.intValue)
                let state = model.stateDict()
                #expect(state["classifier.weight"]?.array() == head["weight"]?.doubles)
                #expect(state["classifier.bias"]?.array() == head["bias"]?.doubles)
                #expect(warnings.lines.count == 1)
                #expect(warnings.lines.first?.contains("classifier.weight, classifier.bias") == true)
                #expect(!model.training)
            }
        }

        @Test func classWeights() throws {
            let weighted = try model()
            weighted.classWeights = [1, 2, 0.5]
            let loss = try #require(try weighted.forward(batch).loss).item()
            #expect(abs(loss - (expected["losses"]?["weighted"]?.doubleValue ?? .nan)) < 1e-5)
            #expect(weighted.config["problem_type"] == "single_label_classification")
            weighted.classWeights = [1]
            #expect(throws: PretrainedModelError.self) { try weighted.forward(batch) }
        }

        @Test func kindOfLabelsSettlesTheProblemType() throws {
            var inputs = batch
            let model = try model()
            inputs[.labels] = Tensor.zeros([inputs.count, model.numLabels])
            #expect(try model.forward(inputs).loss != nil)
            #expect(model.config["problem_type"] == "multi_label_classification")
            // One number a row does not fit three labels.
            inputs[.labels] = Tensor.zeros([inputs.count])
            #expect(throws: PretrainedModelError.self) { try model.forward(inputs) }
            model.config["problem_type"] = "ranking"
            #expect(throws: PretrainedModelError.self) { try model.forward(inputs) }
        }
    }
}
