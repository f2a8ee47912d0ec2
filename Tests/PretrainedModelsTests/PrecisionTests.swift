import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

extension SmallModelTests {
    /// The small BERT trained with mixed precision, noise and less memory, against Python's Trainer:
    /// scripts/fixtures/precision.py.
    @Suite struct PrecisionTests {
        private let expected: JSONValue

        init() throws { expected = try Fixtures.json("precision.json") }

        private var rows: TensorDataset {
            get throws {
                TensorDataset([
                    "input_ids": try #require(expected["input_ids"]).matrix,
                    "attention_mask": try #require(expected["attention_mask"]).matrix,
                    "labels": Tensor(expected["labels"]?.ints ?? []),
                ])
            }
        }

        private func trainer(
            _ output: URL, numerics: Numerics = .reference, steps: Int = 20,
            _ configure: (inout TrainingArguments) -> Void
        ) throws -> Trainer {
            setSeed(42)
            let model = try AutoModelForSequenceClassification.fromPretrained(
                folder: Fixtures.tinyBert, config: ["hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0])
            return try Trainer(
                model: model,
                arguments: TrainingArguments(outputDir: output.path) {
                    $0.perDeviceTrainBatchSize = 8
                    $0.perDeviceEvalBatchSize = 20
                    $0.maxSteps = steps
                    $0.learningRate = 1e-3
                    $0.loggingSteps = 1
                    $0.saveStrategy = .no
                    $0.useCpu = true
                    $0.disableTqdm = true
                    $0.numerics = numerics
                    configure(&$0)
                }, trainDataset: try rows, evalDataset: try rows)
        }

        private func series(_ trainer: Trainer, _ key: String) -> [Double] {
            trainer.state.logHistory.filter { $0["loss"] != nil }.compactMap { $0[key]?.doubleValue }
        }

        private func wanted(_ run: String, _ key: String) -> [Double] { expected["runs"]?[run]?[key]?.doubles ?? [] }

        /// Trains as `run` did and compares; gives the largest relative difference of the losses.
        private func compare(
            _ run: String, tolerance: Double, _ configure: (inout TrainingArguments) -> Void
        ) throws -> Double {
            try Fixtures.withFolder { output in
                let trainer = try trainer(output, configure)
                try trainer.train()
                let evaluation = try trainer.evaluate()
                let losses = relative(series(trainer, "loss"), wanted(run, "loss"))
                #expect(losses < tolerance)
                #expect(relative(series(trainer, "grad_norm"), wanted(run, "grad_norm")) < tolerance * 10)
                let loss = evaluation["eval_loss"] ?? .nan
                #expect(relative([loss], wanted(run, "eval_loss")) < tolerance)
                #expect(randomProbe() == expected["runs"]?[run]?["probe_after"]?.intValue)
                let dtype = try #require(trainer.model.parameters().first).dtype
                #expect("torch.\(dtype)" == expected["runs"]?[run]?["dtype"]?.stringValue)
                return losses
            }
        }

        @Test func float32() throws { _ = try compare("float32", tolerance: 1e-5) { _ in } }

        /// Processors without bfloat16 instructions round elsewhere: within 8 bits of mantissa over 20 steps.
        @Test func bf16LossesArePythons() throws {
            let losses = try compare("bf16", tolerance: 2e-2) { $0.bf16 = true }
            print("largest relative difference of 20 losses with bf16: \(losses)")
            // The comparison means something only if bf16 changes more than the tolerance of float32.
            #expect(relative(wanted("bf16", "loss"), wanted("float32", "loss")) > 1e-3)
        }

        @Test func noiseOnTheEmbeddingIsPythons() throws {
            _ = try compare("neftune", tolerance: 1e-5) { $0.neftuneNoiseAlpha = 5 }
        }

        @Test func evaluationInBFloat16IsPythons() throws {
            _ = try compare("full_eval", tolerance: 5e-3) { $0.bf16FullEval = true }
        }

        @Test func layersComputedAgainChangeNothing() throws {
            _ = try compare("checkpointing", tolerance: 1e-5) { $0.activationCheckpointing = true }
        }

        /// Bit for bit, with dropout, in both ways of computing, and for some of the layers.
        @Test(arguments: [Numerics.fast, .reference], [1, 2])
        func layersComputedAgainWithDropout(numerics: Numerics, every: Int) throws {
            func run(_ again: Bool, bf16: Bool) throws -> [Double] {
                try Fixtures.withFolder { output in
                    setSeed(1)
                    let model = try AutoModelForSequenceClassification.fromPretrained(folder: Fixtures.tinyBert)
                    let trainer = try Trainer(
                        model: model,
                        arguments: TrainingArguments(outputDir: output.path) {
                            $0.maxSteps = 4
                            $0.learningRate = 1e-3
                            $0.loggingSteps = 1
                            $0.saveStrategy = .no
                            $0.useCpu = true
                            $0.disableTqdm = true
                            $0.numerics = numerics
                            $0.bf16 = bf16
                            $0.activationCheckpointing = again
                            $0.activationCheckpointingKwargs = .init()
                            $0.activationCheckpointingKwargs?.everyNLayers = every
                        }, trainDataset: try packed())
                    try trainer.train()
                    return series(trainer, "loss") + series(trainer, "grad_norm")
                }
            }
            for bf16 in [false, true] { #expect(try run(true, bf16: bf16) == run(false, bf16: bf16)) }
        }

        /// Rows whose lengths are known, as texts have them: the fast path takes them.
        private func packed() throws -> Examples {
            let make = try packedBatches()
            return Examples(count: 40, isConcurrent: false, makeBatch: make)
        }

        private func packedBatches() throws -> ([Int]) -> Batch {
            let lengths = try #require(expected["attention_mask"]?.arrayValue).map { $0.ints.reduce(0, +) }
            let ids = try #require(expected["input_ids"]?.arrayValue).map { $0.ints }
            let labels = expected["labels"]?.ints ?? []
            return { places in
                let width = places.map { lengths[$0] }.max() ?? 0
                return Batch(
                    [
                        (.inputIds, Tensor(places.map { Array(ids[$0].prefix(width)) })),
                        (.attentionMask, Tensor(places.map { row in (0..<width).map { $0 < lengths[row] ? 1 : 0 } })),
                        (.labels, Tensor(places.map { labels[$0] })),
                    ], rows: places, lengths: places.map { lengths[$0] })
            }
        }

        /// The fast path in bfloat16 learns what the reference does.
        @Test func theFastPathComputesInBFloat16() throws {
            func losses(_ numerics: Numerics, _ bf16: Bool) throws -> [Double] {
                try Fixtures.withFolder { output in
                    setSeed(42)
                    let model = try AutoModelForSequenceClassification.fromPretrained(
                        folder: Fixtures.tinyBert,
                        config: ["hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0])
                    let trainer = try Trainer(
                        model: model,
                        arguments: TrainingArguments(outputDir: output.path) {
                            $0.maxSteps = 20
                            $0.learningRate = 1e-3
                            $0.loggingSteps = 1
                            $0.saveStrategy = .no
                            $0.useCpu = true
                            $0.disableTqdm = true
                            $0.numerics = numerics
                            $0.bf16 = bf16
                        }, trainDataset: try packed())
                    try trainer.train()
                    return series(trainer, "loss")
                }
            }
            let (fast, reference) = (try losses(.fast, true), try losses(.reference, true))
            let (fast32, reference32) = (try losses(.fast, false), try losses(.reference, false))
            print(
                "bf16 fast against reference: \(relative(fast, reference)); float32: \(relative(fast32, reference32))")
            #expect(relative(fast, reference) < 2e-2)
            #expect(relative(fast32, reference32) < 1e-5)
            #expect(fast != fast32)
        }

        @Test func noiseReachesTheFastPath() throws {
            let model = try #require(
                try AutoModelForSequenceClassification.fromPretrained(
                    folder: Fixtures.tinyBert,
                    config: ["hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0])
                    as? BertForSequenceClassification)
            model.train()
            var batch = try packedBatches()([0, 1, 2])
            batch.step = StepContext(globalStep: 0, microBatch: 0, seed: 1, isFast: true)
            func logits() throws -> [Double] { try #require(try model.forward(batch).logits).array() }
            let plain = try logits()
            #expect(try logits() == plain)
            model.inputEmbedding.noiseAlpha = 5
            #expect(try logits() != plain)
            model.eval()
            #expect(difference(try logits(), plain) < 1e-5)
        }

        @Test func modelsThatCannotAreRefused() throws {
            final class Plain: Module, TrainableModel {
                @Child var layer = Linear(2, 2)
                func forward(_ inputs: Batch) throws -> ModelOutput { ModelOutput(loss: layer.weight.sum()) }
            }
            let rows = TensorDataset(["x": Tensor.ones([4, 2])])
            for configure: (inout TrainingArguments) -> Void in [
                { $0.activationCheckpointing = true }, { $0.neftuneNoiseAlpha = 5 },
            ] {
                try Fixtures.withFolder { output in
                    let trainer = try Trainer(
                        model: Plain(),
                        arguments: TrainingArguments(outputDir: output.path) {
                            $0.useCpu = true
                            $0.disableTqdm = true
                            configure(&$0)
                        }, trainDataset: rows)
                    let error = #expect(throws: TrainingError.self) { try trainer.train() }
                    #expect(error?.description.contains("Plain") == true)
                }
            }
        }
    }
}

private func relative(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count, !a.isEmpty else { return .infinity }
    return zip(a, b).map { abs($0 - $1) / max(abs($1), 1e-12) }.max() ?? 0
}
