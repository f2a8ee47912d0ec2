import Foundation
import OrderedJSON
import Testing
import Training

/// Evaluations and predictions against Python's Trainer on the same rows and weights.
@Suite(.serialized) struct EvaluationParityTests {
    private let python: PythonEvaluations
    init() throws { python = try PythonEvaluations() }

    /// What `computeMetrics` of the script notes.
    private final class Seen {
        var predictions: [EvalPrediction] = []
        func look(_ prediction: EvalPrediction) -> Metrics {
            predictions.append(prediction)
            return ["b": 1, "eval_a": 2, "c": 3]
        }
    }

    private func trainer(
        _ output: URL, _ seen: Seen, extra: Bool = false, labelNames: [String] = ["labels"],
        _ configure: (inout TrainingArguments) -> Void = { _ in },
        preprocess: ((Tensor, Tensor?) throws -> Tensor)? = nil
    ) throws -> Trainer {
        let rows = try python.rows(extra: extra)
        return try Trainer(
            model: python.model(labelNames: labelNames), arguments: PythonEvaluations.arguments(output, configure),
            trainDataset: rows, evalDataset: rows, computeMetrics: seen.look, preprocessLogitsForMetrics: preprocess)
    }

    @Test func severalSets() throws {
        let want = try #require(python.record["sets"])
        try withOutput { output in
            let recorder = EventRecorder()
            let trainer = try Trainer(
                model: python.model(),
                arguments: PythonEvaluations.arguments(output) {
                    $0.evalStrategy = .steps
                    $0.evalSteps = 2
                    $0.metricForBestModel = "eval_long_loss"
                },
                trainDataset: python.rows(),
                evalDataset: ["short": python.rows("short"), "long": python.rows()],
                computeMetrics: { prediction in
                    let labels = prediction.labelIds
                    return ["mean": (labels * labels.ne(-100)).mean(dtype: .float64).item()]
                }, callbacks: [recorder])
            try trainer.train()
            let kept = ["evaluate", "log", "prediction_step"]
            #expect(recorder.events.filter { kept.contains($0) } == want["trace"]?.strings)
            let log = try #require(want["log"]?.arrayValue)
            #expect(trainer.state.logHistory.count == log.count)
            for (record, expected) in zip(trainer.state.logHistory, log) {
                var metrics = Metrics()
                for (name, value) in record.members { metrics.set(name, value) }
                expectMetrics(metrics, expected)
            }
            #expect(abs((trainer.state.bestMetric ?? .nan) - (want["best"]?.doubleValue ?? 0)) < 2e-6)
            expectMetrics(try trainer.evaluate(metricKeyPrefix: "final"), want["evaluate"])
            // The same sets given to the call.
            let again = try trainer.evaluate(
                ["short": python.rows("short"), "long": python.rows()], metricKeyPrefix: "final")
            expectMetrics(again, want["evaluate"])
        }
    }

    @Test func severalLabelsAndOutputs() throws {
        let want = try #require(python.record["labels"])
        let names = ["labels", "extra_labels"]
        for fromModel in [true, false] {
            try withOutput { output in
                let seen = Seen()
                let trainer = try trainer(
                    output, seen, extra: true, labelNames: fromModel ? names : ["labels"]
                ) { if !fromModel { $0.labelNames = names } }
                let result = try trainer.predict(python.rows(extra: true))
                expectMetrics(result.metrics, want["metrics"])
                #expect(result.outputNames == ["logits", "hidden", "pooled"])
                for index in 0..<3 { expectTensor(result.allPredictions[index], want["predictions"]?[index]) }
                for index in 0..<2 { expectTensor(result.allLabelIds[index], want["labels"]?[index]) }
                expectTensor(result.predictions, want["predictions"]?[0])
                expectTensor(result.labelIds, want["labels"]?[0])
                let prediction = try #require(seen.predictions.first)
                expectTensor(prediction["pooled"], want["seen"]?[0]?["predictions"]?[2])
                #expect(prediction["nothing"] == nil && prediction.allLabelIds.count == 2)
                #expect(prediction.computeResult && prediction.batches.count == 1)
            }
        }
    }

    @Test func withoutAllLabelsThereIsNoLoss() throws {
        try withOutput { output in
            let trainer = try trainer(output, Seen(), labelNames: ["labels", "extra_labels"])
            let result = try trainer.predict(python.rows())
            expectMetrics(result.metrics, python.record["no_labels"]?["metrics"])
            #expect(result.labelIds == nil)
            // Python's list begins with the model's own loss of each batch there, which is no prediction.
            for index in 0..<3 {
                expectTensor(result.allPredictions[index], python.record["no_labels"]?["predictions"]?[index + 1])
            }
        }
    }

    @Test func ignoredKeysAndInputs() throws {
        try withOutput { output in
            let seen = Seen()
            expectMetrics(
                try trainer(output, seen).evaluate(ignoreKeys: ["hidden", "pooled"]),
                python.record["ignore"]?["metrics"])
            #expect(seen.predictions[0].outputNames == ["logits"])
            expectTensor(seen.predictions[0].predictions, python.record["ignore"]?["seen"]?[0]?["predictions"])

            let want = try #require(python.record["everything"])
            let all = try trainer(output, seen) { $0.includeForMetrics = [.inputs, .loss] }
            expectMetrics(try all.evaluate(), want["metrics"])
            expectTensor(seen.predictions[1].inputs, want["seen"]?[0]?["inputs"])
            expectTensor(seen.predictions[1].losses, want["seen"]?[0]?["losses"])
        }
    }

    @Test func batchesThatAreNotJoined() throws {
        let want = try #require(python.record["lists"])
        try withOutput { output in
            let seen = Seen()
            let trainer = try trainer(output, seen) {
                $0.evalDoConcatBatches = false
                $0.includeForMetrics = [.inputs, .loss]
            }
            let result = try trainer.predict(python.rows(), ignoreKeys: ["hidden", "pooled"])
            expectMetrics(result.metrics, want["metrics"])
            #expect(result.batches.count == 3 && seen.predictions[0].batches.count == 3)
            for (index, batch) in result.batches.enumerated() {
                expectTensor(batch.predictions, want["predictions"]?[index])
                expectTensor(batch.labelIds, want["labels"]?[index])
                expectTensor(batch.inputs, want["seen"]?[0]?["inputs"]?[index])
                expectTensor(batch.losses, want["seen"]?[0]?["losses"]?[index])
            }
            // Asked for as a whole they are joined after all.
            #expect(result.predictions?.shape == [5, 5, 3] && seen.predictions[0].losses?.shape == [5])
        }
    }

    @Test func lossOnly() throws {
        try withOutput { output in
            let seen = Seen()
            let trainer = try trainer(output, seen) { $0.predictionLossOnly = true }
            let result = try trainer.predict(python.rows())
            expectMetrics(result.metrics, python.record["loss_only"]?["metrics"])
            #expect(result.predictions == nil && result.labelIds == nil && seen.predictions.isEmpty)
        }
    }

    @Test func preprocessedLogits() throws {
        let want = try #require(python.record["preprocess"])
        try withOutput { output in
            let seen = Seen()
            var shapes: [[[Int]]] = []
            let trainer = try trainer(
                output, seen,
                preprocess: { logits, labels in
                    shapes.append([logits.shape, labels?.shape ?? []])
                    return logits.argmax(dim: -1)
                })
            expectMetrics(try trainer.evaluate(), want["metrics"])
            #expect(shapes == want["shapes"]?.arrayValue?.map { $0.arrayValue?.map { $0.ints } ?? [] })
            expectTensor(seen.predictions[0].predictions, want["seen"]?[0]?["predictions"])
            #expect(seen.predictions[0].allPredictions.count == 1)
        }
    }

    @Test func batchwiseMetrics() throws {
        let want = try #require(python.record["batchwise"])
        try withOutput { output in
            var calls: [EvalPrediction] = []
            let rows = try python.rows()
            let trainer = try Trainer(
                model: python.model(), arguments: PythonEvaluations.arguments(output) { $0.batchEvalMetrics = true },
                evalDataset: rows,
                computeMetrics: { prediction in
                    calls.append(prediction)
                    return ["count": Double(calls.count)]
                })
            expectMetrics(try trainer.evaluate(), want["metrics"])
            let expected = try #require(want["calls"]?.arrayValue)
            #expect(calls.map { $0.computeResult } == expected.map { $0["last"]?.boolValue })
            for (call, expected) in zip(calls, expected) {
                expectTensor(call.predictions, expected["predictions"])
                expectTensor(call.labelIds, expected["labels"])
            }
            calls = []
            let result = try trainer.predict(rows)
            #expect(calls.count == want["predict"]?["calls"]?.intValue)
            expectMetrics(result.metrics, want["predict"]?["metrics"])
            for index in 0..<3 {
                expectTensor(result.allPredictions[index], want["predict"]?["predictions"]?[index])
            }
        }
    }
}
