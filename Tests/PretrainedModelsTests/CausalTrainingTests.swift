import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

/// Small decoders trained for 20 steps against Python's Trainer: scripts/fixtures/tiny_decoders.py.
@Suite(.serialized) struct CausalTrainingTests {
    private static func rows(_ value: JSONValue?, _ count: Int? = nil) -> TensorDataset {
        let rows = value?.arrayValue?.prefix(count ?? Int.max) ?? []
        func column(_ key: String) -> Tensor { Tensor(rows.map { $0[key]?.ints ?? [] }) }
        return TensorDataset([
            "input_ids": column("input_ids"), "attention_mask": column("attention_mask"), "labels": column("labels"),
        ])
    }

    @Test(arguments: [(Numerics.reference, LossScaling.python), (.fast, .mean)])
    func lossesArePythons(_ numerics: Numerics, _ scaling: LossScaling) throws {
        let golden = try Fixtures.json("decoders/training.json")
        for run in golden["runs"]?.arrayValue ?? [] {
            let (family, steps) = (run["family"]?.stringValue ?? "", run["accumulation"]?.intValue ?? 0)
            // Python divides GPT-2's loss by a count that includes the first tokens.
            if scaling == .mean, family == "gpt2" { continue }
            let output = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: output) }
            let model = try AutoModelForCausalLM.fromPretrained(
                folder: Fixtures.folder.appending(path: "tiny-models/\(family)/causal-lm"))
            let arguments = TrainingArguments(outputDir: output.path) {
                $0.maxSteps = 20
                $0.perDeviceTrainBatchSize = 4
                $0.perDeviceEvalBatchSize = 16
                $0.gradientAccumulationSteps = steps
                $0.learningRate = 1e-2
                $0.labelSmoothingFactor = run["label_smoothing"]?.doubleValue ?? 0
                $0.loggingSteps = 1
                $0.saveStrategy = .no
                $0.evalStrategy = .steps
                $0.evalSteps = 20
                $0.numerics = numerics
                $0.lossScaling = scaling
                $0.disableTqdm = true
            }
            let trainer = try Trainer(
                model: model, arguments: arguments, trainDataset: Self.rows(golden["rows"]),
                evalDataset: Self.rows(golden["rows"], 20))
            try trainer.train()
            let log = trainer.state.logHistory.map { JSONValue.object($0) }
            for (key, wanted) in [("loss", "losses"), ("grad_norm", "grad_norms"), ("eval_loss", "eval_loss")] {
                let got = log.compactMap { $0[key]?.doubleValue }
                let off = difference(got, run[wanted]?.doubles ?? [])
                // The norms of the gradients add up what the weights have drifted apart by.
                #expect(off < (key == "grad_norm" ? 1e-4 : 1e-5), "\(family) \(steps) \(key) \(off)")
            }
        }
    }
}
