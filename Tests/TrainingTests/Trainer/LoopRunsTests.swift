import Foundation
import OrderedJSON
import Testing
import Training

/// Whole runs against Python's Trainer: orders, workers, streams, a loss function, a model that is made, evaluations at odd
/// times. See scripts/fixtures/trainer_loop_runs.py.
@Suite(.serialized) struct LoopRunsTests {
    @Test(arguments: [
        "grouped", "rebalanced", "sequential", "unseeded", "kept_workers", "workers", "stream", "stream_accumulated",
        "loss_func", "loss_func_single", "model_init", "start", "delayed",
    ])
    func equalsPythonsRun(name: String) throws {
        let run = try PythonRun(name, in: PythonRun.loopFolder)
        try withOutput { output in
            let recorder = EventRecorder()
            let trainer = try trainer(run, output, recorder)
            let result = try trainer.train()

            #expect(trainer.state.maxSteps == run.record["max_steps"]?.intValue)
            // Python has sys.maxsize for a stream.
            #expect(trainer.state.numTrainEpochs == run.record["num_train_epochs"]?.intValue)
            #expect(result.globalStep == run.record["global_step"]?.intValue)
            #expect(abs(result.trainingLoss - (run.record["training_loss"]?.doubleValue ?? .nan)) < 2e-6)
            #expect(recorder.events == run.trace)
            PythonRunsTests.expectLog(untimed(trainer.state.logHistory), run.log)
            for (name, want) in run.tensors(under: "final.").entries {
                let got = try #require(trainer.model.stateDict()[name])
                #expect((got.detach() - want).abs().max().item() < 2e-6, "\(name)")
            }
        }
    }

    private func trainer(_ run: PythonRun, _ output: URL, _ recorder: EventRecorder) throws -> Trainer {
        let arguments = try run.arguments(output)
        let rows = try run.dataset()
        let isStream = run.record["stream"] == true
        let countsLoss = run.record["loss_func"] == true
        let dropout = run.record["dropout"]?.doubleValue ?? 0
        let makesModel = run.record["model_init"] == true
        var given: (any TrainableModel)?
        if !makesModel { given = try run.model() }
        var lossFunc: ComputeLossFunc?
        if countsLoss { lossFunc = Self.summed }
        var data: any TrainerDataset = rows
        if isStream { data = try stream(run) }
        var make: (() throws -> any TrainableModel)?
        if makesModel { make = { Network(dropout: dropout) } }
        var metrics: ((EvalPrediction) throws -> Metrics)?
        if !isStream, !countsLoss {
            metrics = { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] }
        }
        return try Trainer(
            model: given, arguments: arguments, trainDataset: data, evalDataset: rows, modelInit: make,
            computeLossFunc: lossFunc, computeMetrics: metrics, callbacks: [recorder])
    }

    private static func summed(_ outputs: ModelOutput, _ labels: Tensor?, _ count: Int?) throws -> Tensor {
        let (logits, labels) = (try #require(outputs.logits), try #require(labels))
        let sum = crossEntropy(logits, labels, reduction: .sum)
        return sum / (count.map { Double($0) } ?? labels.ne(-100).sum().item())
    }

    /// The run's rows one after the other.
    private func stream(_ run: PythonRun) throws -> ExampleStream {
        let inputs = try #require(run.tensors["input_ids"])
        let labels = try #require(run.tensors["labels"]).array(of: Int.self)
        let rows = labels.indices.map { (inputs[$0].array(of: Float.self), labels[$0]) }
        return ExampleStream(
            collator: Collator { rows, _ in
                Batch([
                    ("input_ids", Tensor(rows.flatMap { $0.0 }, shape: [rows.count, 6])),
                    (.labels, Tensor(rows.map { $0.1 })),
                ])
            }
        ) { _ in rows }
    }
}
