import Foundation
import Testing
import Training

#if os(Linux)
    /// What an evaluation holds in memory at most: 160 MB of logits, of which little or nothing need be kept.
    @Suite(.serialized) struct EvaluationMemoryTests {
        private static let rows = 20_000
        private static let classes = 2_000

        private final class Wide: Module, TrainableModel {
            @Child var layer = Linear(1, EvaluationMemoryTests.classes)
            func forward(_ inputs: Batch) throws -> ModelOutput {
                let logits = layer(try inputs.require("input_ids"))
                return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
            }
        }

        /// Mebibytes that `body` adds to the process at its peak.
        private func peak(_ body: () throws -> Void) throws -> Double {
            func status(_ name: String) throws -> Double {
                let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
                return try #require(Double(line.split(separator: " ")[1])) / 1024
            }
            // Sets the peak back to what is held now.
            try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
            let before = try status("VmRSS")
            try body()
            return try status("VmHWM") - before
        }

        @Test func keepsOnlyWhatIsWanted() throws {
            let whole = Double(Self.rows * Self.classes * 4) / 1_048_576
            let data = TensorDataset([
                "input_ids": .rand([Self.rows, 1]), "labels": .randint(0, Self.classes, [Self.rows]),
            ])
            try withOutput { (output: URL) throws in
                func evaluate(
                    metrics: ((EvalPrediction) throws -> Metrics)?,
                    _ configure: (inout TrainingArguments) -> Void = { _ in },
                    preprocess: ((Tensor, Tensor?) throws -> Tensor)? = nil
                ) throws -> Double {
                    let trainer = try Trainer(
                        model: Wide(),
                        arguments: TrainingArguments(outputDir: output.path) {
                            $0.perDeviceEvalBatchSize = 64
                            $0.useCpu = true
                            $0.disableTqdm = true
                            configure(&$0)
                        }, evalDataset: data, computeMetrics: metrics, preprocessLogitsForMetrics: preprocess)
                    return try peak { try trainer.evaluate() }
                }
                let least = try evaluate(metrics: nil)
                let kept = try evaluate(metrics: { ["rows": Double($0.predictions.size(0))] })
                let ids = try evaluate(
                    metrics: ClassificationMetrics.compute, preprocess: { logits, _ in logits.argmax(dim: -1) })
                let counted = try evaluate(metrics: ClassificationMetrics.batchwise()) { $0.batchEvalMetrics = true }
                print("evaluation peaks in MiB: loss \(least), logits \(kept), class ids \(ids), counts \(counted)")
                #expect(kept < whole * 1.25 + 16)
                #expect(least < 32 && ids < 32 && counted < 32)
            }
        }
    }
#endif
