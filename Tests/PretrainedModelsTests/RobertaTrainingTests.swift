import Datasets
import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Tokenization
import Training

/// RoBERTa in roberta-base's sizes with new weights, trained for 20 steps against Python's Trainer: two layers and a small
/// vocabulary by default, all of it with a file of scripts/fixtures/roberta_training.py --whole.
extension SmallModelTests {
    @Suite struct RobertaTrainingTests {
        private static let golden: JSONValue? = {
            guard let path = ProcessInfo.processInfo.environment["SWIFT_TRAINER_ROBERTA"] else {
                return try? Fixtures.json("roberta-training.json")
            }
            return try? JSONValue(parsing: Data(contentsOf: URL(filePath: path)), source: path)
        }()

        /// Texts `w5 w17 …` for the ids of the fixture's rows, and a tokenizer that gives them back.
        private func rows(_ golden: JSONValue) throws -> (rows: Dataset, tokenizer: Tokenizer) {
            let rows = golden["rows"]?.arrayValue ?? []
            let texts = rows.map { row in
                (row["input_ids"]?.ints ?? []).dropFirst().dropLast().map { "w\($0)" }.joined(separator: " ")
            }
            let tokenizer = try Fixtures.withFolder { folder in
                let words = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"] + (5..<400).map { "w\($0)" }
                try Data(words.joined(separator: "\n").utf8).write(to: folder.appending(path: "vocab.txt"))
                return try AutoTokenizer.fromPretrained(folder: folder)
            }
            let data = try Dataset.from(columns: [
                ("text", texts), ("label", rows.map { $0["labels"]?.intValue ?? 0 }),
            ])
            return (try data.map { try tokenizer($0["text"]) }, tokenizer)
        }

        @Test(arguments: [Numerics.reference, .fast]) func everyLossIsPythons(_ numerics: Numerics) throws {
            let golden = try #require(Self.golden)
            let (rows, tokenizer) = try rows(golden)
            setSeed(42)
            let model = try AutoModelForSequenceClassification.fromConfig(
                ModelConfiguration(try #require(golden["config"]?.objectValue)))
            let output = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: output) }
            let arguments = TrainingArguments(outputDir: output.path) {
                $0.useCpu = true
                $0.maxSteps = 20
                $0.perDeviceTrainBatchSize = 4
                $0.learningRate = 5e-5
                $0.weightDecay = 0.01
                $0.warmupSteps = 4
                $0.loggingSteps = 1
                $0.saveStrategy = .no
                $0.numerics = numerics
            }
            let trainer = try Trainer(
                model: model, arguments: arguments, trainDataset: rows, processingClass: tokenizer)
            try trainer.train()
            for key in ["loss", "grad_norm"] {
                let got = trainer.state.logHistory.compactMap { $0[key]?.doubleValue }
                let worst = zip(got, golden[key]?.doubles ?? []).map { abs($0 - $1) / abs($1) }.max() ?? .infinity
                print("RoBERTa, 20 steps, \(numerics.rawValue), \(key): largest relative difference \(worst)")
                #expect(got.count == 20 && worst < 1e-5, "\(key)")
            }
        }
    }
}
