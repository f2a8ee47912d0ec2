import Foundation
import OrderedJSON
import Testing
import Training

/// What metrics are computed from.
@Suite(.serialized) struct ParityMetricsTests {
    typealias Record = ParityEvaluationTests.Record

    /// What closures that the trainer keeps have seen.
    private final class Seen {
        var shapes: [[Int]] = []
        var labels: [[[Int]]] = []
        var calls: [[Int]] = []
        var right = 0.0
        var rows = 0
    }

    @Test func case37SeveralEvaluationSets() throws {
        let record = try Record("several_sets")
        try withOutput { output in
            let (ids, labels) = (try record.tensor("input_ids"), try record.tensor("labels"))
            func rows(_ range: Range<Int>) -> TensorDataset {
                TensorDataset([
                    "input_ids": ids.slice(start: range.lowerBound, end: range.upperBound),
                    "labels": labels.slice(start: range.lowerBound, end: range.upperBound),
                ])
            }
            let arguments = ParityEvaluationTests.arguments(output) {
                $0.evalStrategy = .epoch
                $0.numTrainEpochs = 2
            }
            let trainer = try Trainer(
                model: record.load(ParityNetwork()), arguments: arguments, trainDataset: rows(0..<10),
                evalDataset: ["first": rows(0..<6), "second": rows(6..<10)] as EvalDatasets)
            try trainer.train()
            let result = try trainer.evaluate()
            #expect(result.names == record.names("keys"))
            ParityEvaluationTests.expectMetrics(result, record.json["metrics"])
            let log = untimed(trainer.state.logHistory)
            let want = record.json["log_history"]?.arrayValue ?? []
            #expect(log.count == want.count)
            for (ours, pythons) in zip(log, want) {
                #expect(ours.keys == pythons.objectValue?.keys)
                for (key, value) in ours.members {
                    #expect(isNear(value.doubles, pythons[key]?.doubles ?? []), "\(key)")
                }
            }
        }
    }

    @Test func case38LabelsOfTwoKinds() throws {
        let record = try Record("label_names")
        try withOutput { output in
            let rows = TensorDataset([
                "input_ids": try record.tensor("input_ids"), "labels": try record.tensor("labels"),
                "scores": try record.tensor("scores"),
            ])
            let seen = Seen()
            let trainer = try Trainer(
                model: record.load(ParityNetwork()),
                arguments: ParityEvaluationTests.arguments(output) {
                    $0.labelNames = ["labels", "scores"]
                },
                computeMetrics: { prediction in
                    seen.shapes = prediction.allLabelIds.map { $0.shape }
                    return ["first": prediction.allLabelIds[1].sum().item()]
                })
            let result = try trainer.predict(rows)
            #expect(seen.shapes == record.json["shapes"]?.arrayValue?.map { $0.doubles.map { Int($0) } })
            #expect(result.allLabelIds.count == 2)
            for (index, labels) in result.allLabelIds.enumerated() {
                let want = try record.tensor("label_\(index)")
                #expect(labels.shape == want.shape && (labels - want).abs().max().item() == 0)
            }
            ParityEvaluationTests.expectMetrics(result.metrics, record.json["metrics"])
        }
    }

    @Test func case39LogitsArePreparedWithPaddedLabels() throws {
        let record = try Record("preprocessed")
        try withOutput { output in
            let seen = Seen()
            let rows = try record.tokenRows()
            let trainer = try Trainer(
                model: record.load(ParityTagger()), arguments: ParityEvaluationTests.arguments(output),
                evalDataset: rows,
                computeMetrics: { ["right": $0.predictions.eq($0.labelIds).sum().item()] },
                preprocessLogitsForMetrics: { logits, labels in
                    seen.shapes.append(logits.shape)
                    if let labels {
                        let numbers = labels.reshape([-1]).array(of: Int.self)
                        let width = labels.size(1)
                        seen.labels.append(
                            stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) })
                    }
                    return logits.argmax(dim: -1)
                })
            let metrics = try trainer.evaluate()
            let want = record.json["seen"]?.arrayValue ?? []
            #expect(seen.shapes == want.map { $0["logits"]?.doubles.map { Int($0) } ?? [] })
            let labels = want.map { batch in
                batch["labels"]?.arrayValue?.map { $0.doubles.map { Int($0) } } ?? []
            }
            #expect(seen.labels == labels)
            ParityEvaluationTests.expectMetrics(metrics, record.json["metrics"])
            let predictions = try #require(trainer.predict(rows).predictions)
            #expect(predictions.eq(try record.tensor("predictions")).all().item() == 1)
        }
    }

    @Test func case40BatchwiseMetricsEndWithTheLastBatch() throws {
        let record = try Record("batchwise")
        try withOutput { output in
            let rows = TensorDataset([
                "input_ids": try record.tensor("input_ids"), "labels": try record.tensor("labels"),
            ])
            let seen = Seen()
            let trainer = try Trainer(
                model: record.load(ParityNetwork()),
                arguments: ParityEvaluationTests.arguments(output) { $0.batchEvalMetrics = true },
                evalDataset: rows,
                computeMetrics: { prediction in
                    let count = prediction.labelIds.size(0)
                    seen.calls.append([count, prediction.computeResult ? 1 : 0])
                    seen.right += prediction.predictions.argmax(dim: -1).eq(prediction.labelIds).sum().item()
                    seen.rows += count
                    return prediction.computeResult ? ["accuracy": seen.right / Double(seen.rows)] : [:]
                })
            let metrics = try trainer.evaluate()
            let calls = record.json["calls"]?.arrayValue?.map { call in
                call.arrayValue?.map { $0.intValue ?? ($0.boolValue == true ? 1 : 0) } ?? []
            }
            #expect(seen.calls == calls)
            ParityEvaluationTests.expectMetrics(metrics, record.json["metrics"])
        }
    }
}
