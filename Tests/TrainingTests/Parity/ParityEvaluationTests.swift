import Foundation
import OrderedJSON
import Testing
import Training

/// Evaluation and prediction.
@Suite(.serialized) struct ParityEvaluationTests {
    /// A record of evaluations.json, with its tensors.
    struct Record {
        let json: JSONValue
        let tensors: StateDict

        init(_ name: String) throws {
            json = try #require(try ParityRecords.json("evaluations.json")[name])
            tensors = StateDict(
                try ParityRecords.tensors("evaluations").entries.filter { $0.name.hasPrefix(name + ".") }.map {
                    (String($0.name.dropFirst(name.count + 1)), $0.tensor)
                })
        }

        func tensor(_ name: String) throws -> Tensor { try #require(tensors[name]) }
        func names(_ key: String) -> [String] { json[key]?.arrayValue?.compactMap { $0.stringValue } ?? [] }

        func load<Model: TrainableModel>(_ model: Model) throws -> Model {
            let prefix = "initial."
            try model.loadStateDict(
                StateDict(
                    tensors.entries.filter { $0.name.hasPrefix(prefix) }.map {
                        (String($0.name.dropFirst(prefix.count)), $0.tensor)
                    }))
            return model
        }

        /// Rows of token ids and labels.
        func tokenRows() throws -> Examples {
            func lists(_ key: String) -> [[Int]] { json[key]?.arrayValue?.map { $0.doubles.map { Int($0) } } ?? [] }
            let (ids, labels) = (lists("ids"), lists("labels"))
            let width = ids.map { $0.count }.max() ?? 0
            func padded(_ rows: [[Int]], _ fill: Int) -> Tensor {
                Tensor(rows.map { $0 + [Int](repeating: fill, count: width - $0.count) })
            }
            return try paddedRows(padded(ids, 0), padded(labels, -100), ids.map { $0.count })
        }
    }

    static func arguments(_ output: URL, _ configure: (inout TrainingArguments) -> Void = { _ in }) -> TrainingArguments
    {
        TrainingArguments(outputDir: output.path) {
            $0.perDeviceTrainBatchSize = 2
            $0.perDeviceEvalBatchSize = 2
            $0.loggingSteps = 1
            $0.saveStrategy = .no
            $0.learningRate = 0.01
            $0.numTrainEpochs = 1
            $0.useCpu = true
            $0.disableTqdm = true
            $0.numerics = .reference
            configure(&$0)
        }
    }

    static func expectMetrics(_ metrics: Metrics, _ want: JSONValue?, sourceLocation: SourceLocation = #_sourceLocation)
    {
        for (name, value) in want?.objectValue?.members ?? [] {
            #expect(isNear([metrics[name] ?? .nan], value.doubles), "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test func case35LossIsWeightedByRows() throws {
        let finished = try expectRun("weighted")
        #expect(finished.series("eval_loss").count == 1)
    }

    @Test func case36PredictionsArePadded() throws {
        let record = try Record("padded")
        try withOutput { output in
            let trainer = try Trainer(model: record.load(ParityTagger()), arguments: Self.arguments(output))
            let result = try trainer.predict(record.tokenRows())
            let predictions = try #require(result.predictions)
            let want = try record.tensor("predictions")
            #expect(predictions.shape == want.shape && predictions.shape == [5, 6, 3])
            #expect((predictions - want).abs().max().item() < 1e-5)
            #expect(predictions.eq(-100).eq(want.eq(-100)).all().item() == 1)
            #expect(try #require(result.labelIds).eq(record.tensor("label_ids")).all().item() == 1)
            Self.expectMetrics(result.metrics, record.json["metrics"])
        }
    }

    @Test func case41PredictionHasItsOwnPrefixAndNoEpoch() throws {
        let record = try Record("named")
        try withOutput { output in
            let rows = TensorDataset([
                "input_ids": try record.tensor("input_ids"), "labels": try record.tensor("labels"),
            ])
            let trainer = try Trainer(
                model: record.load(ParityNetwork()), arguments: Self.arguments(output), evalDataset: rows,
                computeMetrics: { _ in ["plain": 1, "eval_given": 2] })
            let evaluated = try trainer.evaluate()
            let names = try trainer.predict(rows).metrics.names
            #expect(Set(names) == Set(record.names("predict")))
            #expect(names.allSatisfy { $0.hasPrefix("test_") })
            #expect(Set(try trainer.evaluate(metricKeyPrefix: "dev").names) == Set(record.names("prefixed")))
            Self.expectMetrics(evaluated, record.json["metrics"])
        }
    }

    @Test func case42NamesGetThePrefixAndAMissingOneIsAnError() throws {
        let record = try Record("named")
        try withOutput { output in
            let rows = TensorDataset([
                "input_ids": try record.tensor("input_ids"), "labels": try record.tensor("labels"),
            ])
            let trainer = try Trainer(
                model: record.load(ParityNetwork()), arguments: Self.arguments(output), evalDataset: rows,
                computeMetrics: { _ in ["plain": 1, "eval_given": 2] })
            #expect(Set(try trainer.evaluate().names) == Set(record.names("evaluate")))
            #expect(record.json["error"]?.stringValue == "KeyError")
            #expect(throws: TrainingError.self) {
                let arguments = Self.arguments(output) {
                    $0.evalStrategy = .epoch
                    $0.metricForBestModel = "nowhere"
                }
                try Trainer(
                    model: record.load(ParityNetwork()), arguments: arguments, trainDataset: rows, evalDataset: rows
                ).train()
            }
        }
    }
}
