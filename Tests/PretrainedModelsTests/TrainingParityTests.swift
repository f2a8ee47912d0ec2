import Datasets
import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Tokenization
import Training

/// MiniLM trained for 80 steps on SST-2 against Python's Trainer.
@Suite(.serialized, .enabled(if: Shared.folder != nil && Shared.minilm != nil)) struct TrainingParityTests {
    static func train(
        _ numerics: Numerics, overrides: [String: JSONValue], steps: Int, output: URL
    ) throws -> (log: [JSONValue], model: SequenceClassificationModel) {
        let minilm = try #require(Shared.minilm)
        let data = try #require(Shared.folder).appending(path: "data/glue/sst2")
        let tokenizer = try AutoTokenizer.fromPretrained(folder: minilm)
        func rows(_ name: String, _ count: Int) throws -> Dataset {
            var options = DelimitedOptions.tsv
            options.stringColumns = ["sentence"]
            let all = try Dataset.fromTSV(data.appending(path: name).path, options: options)
            return try all.take(count).map { row in try tokenizer(row["sentence"], truncation: true, maxLength: 128) }
        }
        setSeed(42)
        Warnings.send { _ in }
        let model = try AutoModelForSequenceClassification.fromPretrained(
            folder: minilm, numLabels: 2, config: overrides)
        let arguments = TrainingArguments(outputDir: output.path) {
            $0.numTrainEpochs = 2
            $0.maxSteps = steps
            $0.perDeviceTrainBatchSize = 16
            $0.perDeviceEvalBatchSize = 64
            $0.warmupSteps = 8
            $0.weightDecay = 0.01
            $0.loggingSteps = 1
            $0.evalStrategy = .epoch
            $0.saveStrategy = .no
            $0.numerics = numerics
        }
        let trainer = try Trainer(
            model: model, arguments: arguments, trainDataset: try rows("train.tsv", 640),
            evalDataset: try rows("dev.tsv", 200), processingClass: tokenizer,
            computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] })
        try trainer.train()
        return (trainer.state.logHistory.map { JSONValue.object($0) }, model)
    }

    @Test(arguments: [Numerics.reference, .fast]) func withoutDropoutEveryLossIsPythons(numerics: Numerics) throws {
        let golden = try Shared.golden("twin_minilm_nodropout.json")
        let output = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: output) }
        let (got, _) = try Self.train(
            numerics, overrides: ["hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0], steps: -1,
            output: output)
        let want = golden["log_history"]?.arrayValue ?? []
        func series(_ log: [JSONValue], _ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }
        let losses = relative(series(got, "loss"), series(want, "loss"))
        print("largest relative difference of 80 losses, \(numerics.rawValue): \(losses)")
        #expect(losses < 2e-6)
        #expect(series(got, "learning_rate") == series(want, "learning_rate"))
        #expect(series(got, "total_flos") == series(want, "total_flos"))
        #expect(relative(series(got, "eval_loss"), series(want, "eval_loss")) < 5e-6)
        #expect(series(got, "eval_accuracy") == series(want, "eval_accuracy"))
    }

    @Test func withDropoutTheReferenceDrawsWhatPythonDraws() throws {
        let golden = try Shared.golden("twin_minilm_dropout.json")
        let output = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: output) }
        let (got, _) = try Self.train(.reference, overrides: [:], steps: -1, output: output)
        let want = golden["log_history"]?.arrayValue ?? []
        func series(_ log: [JSONValue], _ key: String) -> [Double] { log.compactMap { $0[key]?.doubleValue } }
        let losses = relative(series(got, "loss"), series(want, "loss"))
        print("largest relative difference of 80 losses with dropout: \(losses)")
        #expect(losses < 5e-6)
        #expect(series(got, "eval_accuracy") == series(want, "eval_accuracy"))
    }
}

private func relative(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { $0 == $1 ? 0 : abs($0 - $1) / max(abs($1), 1e-12) }.max() ?? 0
}
