import Foundation
import SwiftTrainer
import Testing

/// Each task from rows to metrics, through the trainer, with models of a few hundred parameters.
@Suite(.serialized) struct TaskTrainingTests {
    /// Scores of each token by its id alone.
    private class TokenModel: Module, TrainableModel {
        @Child var embedding: Embedding
        @Child var scores: Linear
        var inputNames: [String]? { ["input_ids", "attention_mask"] }
        var labelNames: [String] { ["labels"] }

        init(_ tokenizer: Tokenizer, outputs: Int) {
            embedding = Embedding(tokenizer.vocabularySize, 16)
            scores = Linear(16, outputs)
        }

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = scores(embedding(try inputs.require(.inputIds)))
            let loss = inputs[.labels].map { crossEntropy(logits.reshape([-1, logits.size(-1)]), $0.reshape([-1])) }
            return ModelOutput(loss: loss, logits: logits)
        }
    }

    /// The first and last token of an answer.
    private final class SpanModel: TokenModel {
        override var labelNames: [String] { ["start_positions", "end_positions"] }

        override func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = scores(embedding(try inputs.require(.inputIds)))
            let parts = [0, 1].map { logits.select(dim: -1, index: $0) }
            let labels = labelNames.compactMap { inputs[BatchKey($0)] }
            let loss =
                labels.count == 2 ? (crossEntropy(parts[0], labels[0]) + crossEntropy(parts[1], labels[1])) / 2 : nil
            return ModelOutput(loss: loss, others: [("start_logits", parts[0]), ("end_logits", parts[1])])
        }
    }

    private func arguments(_ steps: Int) -> TrainingArguments {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tasks-\(UUID().uuidString)").path
        return TrainingArguments(outputDir: folder) {
            $0.maxSteps = steps
            $0.learningRate = 0.05
            $0.perDeviceTrainBatchSize = 4
            $0.saveStrategy = .no
            $0.disableTqdm = true
        }
    }

    @Test func tokenClassification() throws {
        let tokenizer = try TaskFixtures.tokenizer("wordpiece")
        let names = ["O", "B-PER", "I-PER", "B-LOC"]
        let rows = try Dataset.from(dictionary: [
            "tokens": (0..<8).map {
                $0 % 2 == 0 ? ["Peter", "Müller", "lives", "in", "London"] : ["London", "rejects", "Peter"]
            },
            "ner_tags": (0..<8).map { $0 % 2 == 0 ? ["B-PER", "I-PER", "O", "O", "B-LOC"] : ["B-LOC", "O", "B-PER"] },
        ])
        let encoder = try TokenClassificationEncoder(tokenizer: tokenizer, labels: names, labelAllTokens: true)
        let data = try encoder.encode(rows)
        manualSeed(1)
        let trainer = try Trainer(
            model: TokenModel(tokenizer, outputs: names.count), arguments: arguments(40),
            dataCollator: DataCollatorForTokenClassification(tokenizer), trainDataset: data.dataset,
            evalDataset: data.dataset, processingClass: tokenizer,
            computeMetrics: TokenClassificationMetrics(labels: names, wordStarts: data.wordStarts).compute)
        _ = try trainer.train()
        let metrics = try trainer.evaluate()
        #expect(metrics["eval_f1"].map { $0 > 0.6 } == true, "\(metrics)")
        let aggregator = EntityAggregator(tokenizer: tokenizer, labels: names, strategy: .first)
        let encoding = try encoder.encode([["London", "rejects", "Peter", "Müller"]])[0]
        let logits = try trainer.model.evaluating {
            try trainer.model.forward(Batch([(.inputIds, Tensor([encoding.inputIds.map { Int($0) }]))])).logits
        }
        let found = try aggregator.entities(
            words: ["London", "rejects", "Peter", "Müller"], encoding: encoding,
            logits: try #require(logits).array(of: Float.self))
        #expect(found.map(\.entity) == ["LOC", "PER"])
        #expect(found.map(\.start) == [0, 15] && found.map(\.end) == [6, 27])
    }

    @Test func questionAnswering() throws {
        let tokenizer = try TaskFixtures.tokenizer("wordpiece")
        let rows = try Dataset.from(dictionary: [
            "id": ["a", "b"], "question": ["Where ?", "Where ?"],
            "context": ["Peter lives in London to see the company", "Müller works in Frankfurt of German lamb"],
            "answers": [("London", 15), ("Frankfurt", 16)].map { text, start in
                CellValue.structure(StructureValue([("text", [.string(text)]), ("answer_start", [.int(start)])]))
            },
        ])
        let features = try QuestionAnsweringEncoder(tokenizer: tokenizer, maxLength: 40, docStride: 4).encode(rows)
        manualSeed(1)
        let trainer = try Trainer(
            model: SpanModel(tokenizer, outputs: 2), arguments: arguments(60), trainDataset: features.dataset,
            evalDataset: features.dataset, processingClass: tokenizer, computeMetrics: features.metrics())
        _ = try trainer.train()
        let metrics = try trainer.evaluate()
        #expect(metrics["eval_exact_match"] == 100 && metrics["eval_f1"] == 100)
        #expect(metrics["eval_loss"].map { $0 < 0.5 } == true)
        let output = try trainer.predict(features.dataset)
        #expect(output.outputNames == ["start_logits", "end_logits"] && output.allLabelIds.count == 2)
        let answers = try features.answers(startLogits: output.allPredictions[0], endLogits: output.allPredictions[1])
        #expect(answers.map(\.text) == ["London", "Frankfurt"])
    }

    @Test func languageModelling() throws {
        let tokenizer = try TaskFixtures.tokenizer("bytelevel")
        let texts = try Dataset.from(dictionary: [
            "text": [String](repeating: "Peter lives in London and Müller works in Frankfurt", count: 12)
        ])
        let blocks = try LanguageModelingEncoder(tokenizer: tokenizer, blockSize: 16).encode(texts)
        func run() throws -> (loss: Double, accuracy: Double) {
            manualSeed(1)
            let trainer = try Trainer(
                model: TokenModel(tokenizer, outputs: tokenizer.vocabularySize), arguments: arguments(30),
                dataCollator: DataCollatorForLanguageModeling(tokenizer), trainDataset: blocks, evalDataset: blocks,
                computeMetrics: LanguageModelingMetrics().compute,
                preprocessLogitsForMetrics: LanguageModelingMetrics.preprocess)
            _ = try trainer.train()
            let metrics = try trainer.evaluate()
            return (metrics["eval_loss"] ?? .nan, metrics["eval_accuracy"] ?? .nan)
        }
        let first = try run()
        #expect(first.loss < 5 && (0...1).contains(first.accuracy) && perplexity(first.loss) > 1)
        // The same tokens are hidden again.
        #expect(try run().loss == first.loss)
    }

    @Test func regressionAndSeveralLabels() throws {
        final class RowModel: TokenModel {
            override func forward(_ inputs: Batch) throws -> ModelOutput {
                let logits = scores(embedding(try inputs.require(.inputIds)).mean(dim: [1]))
                let loss = inputs[.labels].map { labels in
                    let difference = (labels.dim == 1 ? logits.reshape([-1]) : logits) - labels
                    return (difference * difference).mean()
                }
                return ModelOutput(loss: loss, logits: logits)
            }
        }
        let tokenizer = try TaskFixtures.tokenizer("wordpiece")
        let texts = try ["London", "Peter", "lamb", "company"].map { try tokenizer($0).inputIds }
        let numbers = try Dataset.from(dictionary: ["input_ids": texts, "label": [0.5, 1.5, -1, 3.25]])
        manualSeed(1)
        let regression = try Trainer(
            model: RowModel(tokenizer, outputs: 1), arguments: arguments(60), trainDataset: numbers,
            evalDataset: numbers, processingClass: tokenizer, computeMetrics: RegressionMetrics.compute)
        _ = try regression.train()
        #expect(try regression.evaluate()["eval_pearson"].map { $0 > 0.99 } == true)
        let several = try Dataset.from(dictionary: [
            "input_ids": texts, "labels": [[1.0, 0], [0, 1], [1, 1], [0, 0]] as [[Double]],
        ])
        let labels = try Trainer(
            model: RowModel(tokenizer, outputs: 2), arguments: arguments(60), trainDataset: several,
            evalDataset: several, processingClass: tokenizer,
            computeMetrics: MultiLabelMetrics(threshold: 0.5).compute)
        _ = try labels.train()
        let metrics = try labels.evaluate()
        #expect(metrics["eval_accuracy"] == 1 && metrics["eval_f1_samples"] == 0.75)
    }
}
