import Foundation
import OrderedJSON
import Testing
import Training

/// Printed metrics, counted tokens, memory.
@Suite(.serialized) struct FiguresTests {
    @Test func metricsArePrintedAsPythonDoes() throws {
        let fixture = try ReportingRun().fixture
        var metrics = Metrics()
        for (name, value) in try #require(fixture["metrics"]?.objectValue) { metrics.set(name, value) }
        #expect(MetricsText.block("train", metrics) == fixture["metrics_block"]?.stringValue)
    }

    @Test func tokensAndTheirSpeedAreLoggedAsInPython() throws {
        let run = try ReportingRun()
        let log = try #require(run.record["log_history"]?.arrayValue)
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [Setter()]) { $0.includeNumInputTokensSeen = .all }
            let result = try trainer.train()
            #expect(trainer.state.numInputTokensSeen == run.record["tokens"]?.intValue)
            #expect(result.metrics["num_input_tokens_seen"] == run.record["tokens"]?.doubleValue)
            #expect(trainer.state.logHistory.count == log.count)
            for (ours, theirs) in zip(trainer.state.logHistory, log) {
                #expect(ours.keys == theirs.objectValue?.keys)
                #expect(ours["num_input_tokens_seen"] == theirs["num_input_tokens_seen"])
            }
            #expect(try trainer.evaluate()["num_input_tokens_seen"] == run.record["tokens"]?.doubleValue)
        }
    }

    @Test func paddingIsCountedWhereAskedFor() throws {
        for (counting, expected) in [(TokenCounting.all, 12), (.nonPadding, 7)] {
            try withOutput { output in
                let rows = TensorDataset([
                    "input_ids": .rand([2, 6]),
                    "attention_mask": Tensor([1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0] as [Int64]).reshape([2, 6]),
                    "labels": Tensor([0, 1] as [Int64]),
                ])
                let arguments = TrainingArguments(outputDir: output.path) {
                    $0.includeNumInputTokensSeen = counting
                    $0.maxSteps = 1
                    $0.disableTqdm = true
                    $0.saveStrategy = .no
                    $0.useCpu = true
                }
                let trainer = try Trainer(model: Network(), arguments: arguments, trainDataset: rows)
                try trainer.train()
                #expect(trainer.state.numInputTokensSeen == expected)
            }
        }
    }

    @Test func memoryHasPythonsNames() throws {
        let fixture = try ReportingRun().fixture["memory"]
        try withOutput { output in
            let trainer = try ReportingRun().trainer(output) {
                $0.skipMemoryMetrics = false
                $0.maxSteps = 1
                $0.saveStrategy = .no
                $0.evalStrategy = .no
            }
            try trainer.train()
            #expect(trainer.state.logHistory.last?.keys == fixture?["train"]?.arrayValue?.compactMap { $0.stringValue })
            let metrics = try trainer.evaluate()
            #expect(metrics.names == fixture?["eval"]?.arrayValue?.compactMap { $0.stringValue })
            #expect(trainer.state.logHistory.last?["eval_mem_cpu_alloc_delta"] == nil)
        }
    }

    /// Sixty-four megabytes that are held for a while show as the peak.
    @Test func memoryThatComesAndGoesIsThePeak() throws {
        final class Eater: TrainerCallback {
            override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
                let block = [UInt8](repeating: 7, count: 64 << 20)
                #expect(block.last == 7)
                usleep(30_000)
            }
        }
        try withOutput { output in
            let trainer = try ReportingRun().trainer(output, callbacks: [Eater()]) {
                $0.skipMemoryMetrics = false
                $0.maxSteps = 1
                $0.saveStrategy = .no
            }
            let metrics = try trainer.train().metrics
            let peak = (metrics["train_mem_cpu_peaked_delta"] ?? 0) + (metrics["train_mem_cpu_alloc_delta"] ?? 0)
            #expect(peak > 50 * 1_048_576)
        }
    }
}
