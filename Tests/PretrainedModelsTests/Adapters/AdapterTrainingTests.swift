import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Torch
import Training

extension SmallModelTests {
    /// Training of adapters against Python's Trainer with PEFT.
    @Suite struct AdapterTrainingTests {
        private let fixture: LoRAFixture

        init() throws { fixture = try LoRAFixture() }

        private func trainer(_ folder: URL, _ configure: (inout TrainingArguments) -> Void = { _ in }) throws -> Trainer
        {
            let rows = fixture.expected["training"]?["rows"]?.arrayValue ?? []
            let ids = rows.map { $0["input_ids"]?.ints ?? [] }
            let model = try fixture.model(dropout: false)
            manualSeed(9)
            try model.addAdapter(
                LoRAConfiguration(taskType: .sequenceClassification) {
                    $0.r = 4
                    $0.loraAlpha = 16
                })
            let arguments = TrainingArguments(outputDir: folder.path) {
                $0.maxSteps = 20
                $0.perDeviceTrainBatchSize = 4
                $0.learningRate = 5e-3
                $0.weightDecay = 0.01
                $0.loggingSteps = 1
                $0.saveSteps = 10
                $0.useCpu = true
                $0.disableTqdm = true
                $0.numerics = .reference
                configure(&$0)
            }
            let data = TensorDataset([
                "input_ids": Tensor(ids), "labels": Tensor(rows.map { $0["labels"]?.intValue ?? 0 }),
            ])
            return try Trainer(model: model, arguments: arguments, trainDataset: data, evalDataset: data)
        }

        private func series(_ log: [JSONObject], _ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }

        @Test(arguments: [Numerics.reference, .fast]) func everyLossIsPythons(_ numerics: Numerics) throws {
            try Fixtures.withFolder { folder in
                let trainer = try trainer(folder) { $0.numerics = numerics }
                try trainer.train()
                let log = fixture.expected["training"]?["log"]?.arrayValue?.compactMap(\.objectValue) ?? []
                for key in ["loss", "grad_norm", "learning_rate"] {
                    let (got, want) = (series(trainer.state.logHistory, key), series(log, key))
                    #expect(got.count == 20)
                    #expect(difference(got, want) < 1e-5, "\(key)")
                }
                #expect(series(trainer.state.logHistory, "total_flos") == series(log, "total_flos"))
                try checkFiles(folder.appending(path: "checkpoint-20"))
            }
        }

        private func checkFiles(_ checkpoint: URL) throws {
            // Python leaves a README.md too; the arguments are JSON here, and config.json keeps the labels.
            let python = fixture.expected["training"]?["files"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let files = try FileManager.default.contentsOfDirectory(atPath: checkpoint.path)
            #expect(!files.contains("model.safetensors"))
            for name in python where !["README.md", "training_args.bin"].contains(name) {
                #expect(files.contains(name), "\(name)")
            }
            let optimizer = try TorchArchive.load(checkpoint.appending(path: "optimizer.pt"))
            let groups = optimizer["param_groups"]?.elements?.map { group in
                (group["params"]?.elements ?? []).compactMap(\.intValue)
            }
            let wanted = fixture.expected["training"]?["groups"]?.arrayValue?.map { $0.ints }
            #expect(groups == wanted)
            let shapes = (0..<10).map { optimizer["state"]?.dictionaryValue?[$0]?["exp_avg"]?.tensorValue?.shape ?? [] }
            #expect(shapes == fixture.expected["training"]?["state_shapes"]?.arrayValue?.map { $0.ints })
        }

        @Test func aResumedRunEndsWithTheSameWeights() throws {
            try Fixtures.withFolder { folder in
                func bytes(_ name: String) throws -> Data {
                    try Data(contentsOf: folder.appending(path: name).appending(path: "adapter_model.safetensors"))
                }
                let whole = try trainer(folder) { $0.numerics = .fast }
                try whole.train()
                let end = try bytes("checkpoint-20")
                try FileManager.default.removeItem(at: folder.appending(path: "checkpoint-20"))
                let resumed = try trainer(folder) {
                    $0.numerics = .fast
                    $0.resumeFromCheckpoint = .latest
                }
                try resumed.train()
                #expect(try bytes("checkpoint-20") == end)
                try resumed.saveModel(folder.appending(path: "saved").path)
                #expect(try bytes("saved") == end)
            }
        }

        @Test func theBestAdapterIsLoaded() throws {
            try Fixtures.withFolder { folder in
                let trainer = try trainer(folder) {
                    $0.evalStrategy = .steps
                    $0.evalSteps = 5
                    $0.saveSteps = 5
                    $0.learningRate = 0.2
                    $0.loadBestModelAtEnd = true
                }
                try trainer.train()
                let best = try #require(trainer.state.bestMetric)
                let evaluated = try trainer.evaluate()["eval_loss"] ?? .nan
                #expect(abs(evaluated - best) < 1e-6)
                let step = try #require(trainer.state.bestGlobalStep)
                let loaded = try AutoModelForSequenceClassification.fromPretrained(
                    folder: folder.appending(path: "checkpoint-\(step)"))
                let model = try #require(trainer.model as? SequenceClassificationModel)
                let (a, b) = (
                    try loaded.logits(fixture.batch), try model.evaluating { try model.logits(fixture.batch) }
                )
                #expect(difference(a.array(), b.array()) < 1e-6)
            }
        }

        @Test func adaptersAndWholeModelsAreNotMixedUp() throws {
            try Fixtures.withFolder { folder in
                try trainer(folder) {
                    $0.maxSteps = 2
                    $0.saveSteps = 2
                }.train()
                let plain = try Trainer(
                    model: fixture.model(),
                    arguments: TrainingArguments(outputDir: folder.path) {
                        $0.maxSteps = 4
                        $0.useCpu = true
                        $0.disableTqdm = true
                        $0.resumeFromCheckpoint = .latest
                    }, trainDataset: TensorDataset(["input_ids": Tensor([[1, 2]]), "labels": Tensor([1])]))
                let error = #expect(throws: TrainingError.self) { try plain.train() }
                #expect("\(String(describing: error))".contains("holds an adapter"))
            }
        }
    }
}
