import Foundation
import OrderedJSON
import Testing
import Training

/// Scores for each place of rows of different widths, and two more outputs, as in scripts/fixtures/evaluation_runs.py.
final class Tagger: Module, TrainableModel {
    @Child var layer = Linear(2, 3)
    let labelNames: [String]

    init(labelNames: [String] = ["labels"]) { self.labelNames = labelNames }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let ids = try inputs.require("input_ids")
        let logits = layer(ids)
        let pooled = logits.mean(dim: 1)
        let loss = inputs[.labels].map { labels in
            let loss = crossEntropy(logits.reshape(-1, 3), labels.reshape(-1))
            return inputs["extra_labels"].map { loss + crossEntropy(pooled, $0) } ?? loss
        }
        return ModelOutput(loss: loss, logits: logits, others: [("hidden", ids * 2), ("pooled", pooled)])
    }
}

/// Evaluations of Python's Trainer.
struct PythonEvaluations {
    let record: JSONValue

    struct Row: Sendable {
        let input: [[Float]]
        let labels: [Int]
        let extra: Int?
    }

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/evaluation.json")
        record = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    func rows(_ name: String = "rows", extra: Bool = false) throws -> Examples {
        let rows = try #require(record[name]?.arrayValue).map { row in
            Row(
                input: row["input"]?.rows.map { $0.map { Float($0) } } ?? [], labels: row["labels"]?.ints ?? [],
                extra: extra ? row["extra"]?.intValue : nil)
        }
        return Examples(rows, collator: Collator { rows, _ in Self.batch(rows) })
    }

    private static func batch(_ rows: [Row]) -> Batch {
        let width = rows.map { $0.labels.count }.max() ?? 0
        let inputs = rows.flatMap { row in
            row.input.flatMap { $0 } + [Float](repeating: 0, count: 2 * (width - row.input.count))
        }
        let labels = rows.map { $0.labels + [Int](repeating: -100, count: width - $0.labels.count) }
        var batch = Batch([("input_ids", Tensor(inputs, shape: [rows.count, width, 2])), (.labels, Tensor(labels))])
        let extra = rows.compactMap { $0.extra }
        if !extra.isEmpty { batch["extra_labels"] = Tensor(extra) }
        return batch
    }

    func model(labelNames: [String] = ["labels"]) throws -> Tagger {
        let model = Tagger(labelNames: labelNames)
        try model.loadStateDict(
            StateDict(
                try #require(record["weights"]?.objectValue).members.map { name, value in
                    (
                        name,
                        Tensor((value["values"]?.doubles ?? []).map { Float($0) }, shape: value["shape"]?.ints ?? [])
                    )
                }))
        return model
    }

    static func arguments(
        _ output: URL, _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) -> TrainingArguments {
        TrainingArguments(outputDir: output.path) {
            $0.perDeviceTrainBatchSize = 2
            $0.perDeviceEvalBatchSize = 2
            $0.learningRate = 0.01
            $0.loggingSteps = 2
            $0.numTrainEpochs = 1
            $0.saveStrategy = .no
            $0.disableTqdm = true
            $0.useCpu = true
            $0.saveOnInterrupt = false
            $0.lossScaling = .python
            $0.numerics = .reference
            configure(&$0)
        }
    }
}

/// Equal shape, and elements within rounding.
func expectTensor(
    _ got: Tensor?, _ want: JSONValue?, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let got else {
        #expect(want == nil || want == .null, comment, sourceLocation: sourceLocation)
        return
    }
    #expect(got.shape == want?["shape"]?.ints, comment, sourceLocation: sourceLocation)
    let (values, expected) = (got.array(of: Double.self), want?["values"]?.doubles ?? [])
    let isClose = values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) < 2e-6 }
    #expect(isClose, comment, sourceLocation: sourceLocation)
}

/// The same names in the same order, and numbers within rounding; null for what depends on the clock.
func expectMetrics(
    _ got: Metrics, _ want: JSONValue?, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    let entries = want?.arrayValue ?? []
    #expect(got.names == entries.map { $0[0]?.stringValue }, comment, sourceLocation: sourceLocation)
    for entry in entries {
        guard let name = entry[0]?.stringValue, let expected = entry[1]?.doubleValue else { continue }
        let value = got[name] ?? .nan
        #expect(
            abs(value - expected) <= 2e-6 * max(1, abs(expected)), "\(name): \(value) for \(expected)",
            sourceLocation: sourceLocation)
    }
}
