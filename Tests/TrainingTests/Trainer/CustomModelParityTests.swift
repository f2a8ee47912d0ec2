import Foundation
import OrderedJSON
import Testing
import Training

final class Classifier: Module, TrainableModel {
    @Child var fc: Linear
    init(inputSize: Int, labels: Int) { fc = Linear(inputSize, labels) }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let logits = fc(try inputs.require("input_ids"))
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

/// The seed custom model against Python's Trainer: 100 rows, 3 epochs, evaluation after each.
@Suite(.serialized, .enabled(if: Shared.folder != nil)) struct CustomModelParityTests {
    @Test(arguments: [Numerics.fast, .reference]) func equalsPythonsRun(numerics: Numerics) throws {
        let golden = try Shared.golden("twin_custom.json")
        let folder = try #require(Shared.folder).appending(path: "golden")
        let data = try Safetensors.load(folder.appending(path: "twin_custom_data.safetensors"), copying: true)
        let weights = try Safetensors.load(folder.appending(path: "twin_custom_weights.safetensors"), copying: true)
        let features = try #require(data.entries.first { $0.tensor.dim == 2 }?.tensor)
        let labels = try #require(data.entries.first { $0.tensor.dim == 1 }?.tensor)
        manualSeed(0)
        let model = Classifier(inputSize: 768, labels: 2)
        var state = StateDict()
        for (name, tensor) in weights.entries where name.hasPrefix("initial.") {
            state["fc." + (name.split(separator: ".").last.map(String.init) ?? "")] = tensor
        }
        try model.loadStateDict(state)
        let rows = TensorDataset(["input_ids": features, "labels": labels.to(.int64)])
        let output = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: output) }
        let arguments = TrainingArguments(outputDir: output.path) {
            $0.numTrainEpochs = 3
            $0.evalStrategy = .epoch
            $0.saveStrategy = .no
            $0.loggingSteps = 1
            $0.numerics = numerics
        }
        let trainer = try Trainer(model: model, arguments: arguments, trainDataset: rows, evalDataset: rows)
        let result = try trainer.train()

        let want = golden["log_history"]?.arrayValue ?? []
        let got = trainer.state.logHistory.map { JSONValue.object($0) }
        #expect(got.count == want.count)
        func series(_ log: [JSONValue], _ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }
        for key in ["loss", "grad_norm", "eval_loss"] {
            #expect(relativeDifference(series(got, key), series(want, key)) < 1e-6, "\(key)")
        }
        for key in ["learning_rate", "epoch", "step"] { #expect(series(got, key) == series(want, key), "\(key)") }
        for (name, tensor) in weights.entries where name.hasPrefix("final.") {
            let own = name.hasSuffix("weight") ? model.fc.weight : (model.fc.bias ?? model.fc.weight)
            let difference = (own.detach().to(.float64) - tensor.to(.float64)).abs().max().item()
            #expect(difference < 1e-6)
        }
        #expect(
            relativeDifference([result.trainingLoss], golden["train_output"]?["training_loss"]?.doubles ?? []) < 1e-6)
        #expect(result.globalStep == 39)
    }
}
