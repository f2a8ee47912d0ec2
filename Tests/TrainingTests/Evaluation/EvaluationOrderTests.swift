import Foundation
import Testing
import Training

/// Evaluation by length, ready-made metrics, and what is refused before the first step.
@Suite(.serialized) struct EvaluationOrderTests {
    /// A classifier that adds up a row's numbers; notes the widths it sees.
    private final class Summer: Module, TrainableModel, ClassifyingModel {
        @Child var layer = Linear(1, 3)
        let numLabels = 3
        var classWeights: [Double]?
        var widths: [Int] = []

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let ids = try inputs.require("input_ids")
            widths.append(ids.size(1))
            let logits = layer(ids.sum(dim: 1, keepdim: true))
            return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
        }
    }

    private func rows(_ lengths: [Int], labels: [Int]? = nil) -> Examples {
        let rows = lengths.enumerated().map { index, length in (0..<length).map { Float(index + $0) / 10 } }
        let ids = labels ?? lengths.indices.map { $0 % 3 }
        var examples = Examples(count: rows.count, isConcurrent: true) { places in
            let width = places.map { rows[$0].count }.max() ?? 0
            let padded = places.map { rows[$0] + [Float](repeating: 0, count: width - rows[$0].count) }
            return Batch([("input_ids", Tensor(padded)), (.labels, Tensor(places.map { ids[$0] }))], rows: places)
        }
        examples.length = { rows[$0].count }
        examples.label = { ids[$0] }
        return examples
    }

    private func trainer(
        _ output: URL, _ model: Summer, _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> Trainer {
        setSeed(4)
        return try Trainer(
            model: model,
            arguments: TrainingArguments(outputDir: output.path) {
                $0.perDeviceEvalBatchSize = 3
                $0.disableTqdm = true
                $0.useCpu = true
                configure(&$0)
            }, computeMetrics: ClassificationMetrics.compute)
    }

    private let lengths = [2, 7, 1, 5, 7, 3, 9, 4]

    @Test func longestFirstGivesTheSame() throws {
        try withOutput { output in
            let model = Summer()
            let (fast, plain) = try (
                trainer(output, model), trainer(output, model) { $0.numerics = .reference }
            )
            let sorted = try fast.predict(rows(lengths))
            #expect(model.widths == [9, 5, 2])
            model.widths = []
            let unsorted = try plain.predict(rows(lengths))
            #expect(model.widths == [7, 7, 9])
            #expect(sorted.labelIds?.array(of: Int.self) == unsorted.labelIds?.array(of: Int.self))
            let (a, b) = try (#require(sorted.predictions), #require(unsorted.predictions))
            #expect((a - b).abs().max().item() < 1e-6)
            for name in ["test_loss", "test_accuracy", "test_f1"] {
                #expect(abs((sorted.metrics[name] ?? .nan) - (unsorted.metrics[name] ?? 0)) < 1e-6, "\(name)")
            }
        }
    }

    @Test func keepsTheOrderWhereItMatters() throws {
        try withOutput { (output: URL) throws in
            let inOrder = [7, 7, 9]
            func widths(
                _ data: Examples, _ model: Summer = Summer(), _ configure: (inout TrainingArguments) -> Void = { _ in }
            ) throws -> [Int] {
                try trainer(output, model, configure).evaluate(data)
                return model.widths
            }
            #expect(try widths(rows(lengths)) == [9, 5, 2])
            // A label that does not count, a row without one, weights, other numbers that depend on the batch.
            #expect(try widths(rows(lengths, labels: [0, 1, 2, -100, 0, 1, 2, 0])) == inOrder)
            var partly = rows(lengths)
            partly.label = { $0 == 1 ? nil : 0 }
            #expect(try widths(partly) == inOrder)
            var unknown = rows(lengths)
            unknown.length = nil
            #expect(try widths(unknown) == inOrder)
            let weighted = Summer()
            weighted.classWeights = [1, 2, 1]
            #expect(try widths(rows(lengths), weighted) == inOrder)
            #expect(try widths(rows(lengths)) { $0.includeForMetrics = [.loss] } == inOrder)
            #expect(try widths(rows(lengths)) { $0.batchEvalMetrics = true } == inOrder)
            #expect(try widths(rows(lengths)) { $0.evalDoConcatBatches = false } == inOrder)
            #expect(try widths(rows(lengths)) { $0.dataloaderDropLast = true } == [7, 7])
        }
    }

    @Test func batchwiseCountsEqualTheWhole() throws {
        try withOutput { output in
            let model = Summer()
            let whole = try trainer(output, model).evaluate(rows(lengths))
            let counted = try Trainer(
                model: model,
                arguments: TrainingArguments(outputDir: output.path) {
                    $0.perDeviceEvalBatchSize = 3
                    $0.disableTqdm = true
                    $0.useCpu = true
                    $0.batchEvalMetrics = true
                }, computeMetrics: ClassificationMetrics.batchwise())
            for _ in 0..<2 {
                let metrics = try counted.evaluate(rows(lengths))
                #expect(metrics.names == whole.names)
                for name in ["eval_accuracy", "eval_precision", "eval_recall", "eval_f1"] {
                    #expect(metrics[name] == whole[name])
                }
            }
        }
    }

    @Test func readyMetrics() throws {
        func values(_ metrics: Metrics) -> [Double] { metrics.names.map { metrics[$0] ?? .nan } }
        let binary = EvalPrediction(
            predictions: Tensor([[1.0, 0], [0, 1], [0, 1], [1, 0]] as [[Float]]), labelIds: Tensor([0, 1, 0, -100]))
        #expect(try ClassificationMetrics.compute(binary).names == ["accuracy", "precision", "recall", "f1"])
        #expect(try values(ClassificationMetrics.compute(binary)) == [2.0 / 3, 0.5, 1, 2.0 / 3])
        let ids = EvalPrediction(predictions: Tensor([0, 2, 1]), labelIds: Tensor([0, 2, 2]))
        #expect(
            try ClassificationMetrics.compute(ids)["f1"]
                == f1Score(predictions: [0, 2, 1], references: [0, 2, 2], average: .macro))
        let numbers = EvalPrediction(predictions: Tensor([[1.0], [3]] as [[Double]]), labelIds: Tensor([1.0, 2]))
        let regression = try RegressionMetrics.compute(numbers)
        #expect(regression.names == ["mse", "mae", "r2", "pearson", "spearmanr"])
        #expect(zip(values(regression), [0.5, 0.5, -1, 1, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
        let tags = EvalPrediction(
            predictions: Tensor([[1, 2, 0], [0, 1, 1]]), labelIds: Tensor([[1, 2, -100], [0, 1, 0]]))
        let tokens = TokenClassificationMetrics(labels: ["O", "B-PER", "I-PER"])
        #expect(try values(tokens.compute(tags)) == [2.0 / 3, 1, 0.8, 0.8])
        #expect(throws: MetricError.self) { try TokenClassificationMetrics(labels: ["O"]).compute(tags) }
    }

    @Test func namesMetricsBeforeTheFirstStep() throws {
        let run = try PythonRun("plain")
        try withOutput { (output: URL) throws in
            func failure(_ metric: String, _ several: Bool = false) throws -> String {
                let data = try run.dataset()
                let arguments = try run.arguments(output) {
                    $0.evalStrategy = .epoch
                    $0.metricForBestModel = metric
                }
                let trainer =
                    try several
                    ? Trainer(
                        model: run.model(), arguments: arguments, trainDataset: data,
                        evalDataset: ["a": data, "b": data])
                    : Trainer(model: run.model(), arguments: arguments, trainDataset: data, evalDataset: data)
                do {
                    try trainer.train()
                    return ""
                } catch {
                    #expect(trainer.state.globalStep == 0)
                    return "\(error)"
                }
            }
            #expect(
                try failure("accuracy")
                    == "metric_for_best_model is accuracy, but evaluation gives only eval_loss and speeds: there is no computeMetrics"
            )
            #expect(try failure("loss") == "")
            #expect(try failure("eval_loss") == "")
            #expect(try failure("b_loss", true) == "")
            #expect(
                try failure("loss", true)
                    == "metric_for_best_model is loss, but evaluation gives only eval_a_loss, eval_b_loss and speeds: there is no computeMetrics"
            )
            #expect(throws: TrainingError.self) {
                try Trainer(
                    model: run.model(), arguments: run.arguments(output),
                    evalDataset: EvalDatasets([("a", run.dataset()), ("a", run.dataset())]))
            }
            #expect(throws: TrainingError.self) {
                try Trainer(
                    model: run.model(), arguments: run.arguments(output),
                    trainDataset: EvalDatasets(["a": run.dataset()]))
            }
        }
    }
}
