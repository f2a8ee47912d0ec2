import Foundation
import Testing
import Training

/// What a resumed run says about what it takes from the checkpoint.
@Suite(.serialized) struct ResumeWarningTests {
    private func resumed(
        saving: (inout TrainingArguments) -> Void = { _ in }, _ configure: (inout TrainingArguments) -> Void
    ) throws -> [String] {
        let run = try PythonRun("plain")
        return try withOutput { output in
            func base(_ arguments: inout TrainingArguments) {
                arguments.saveStrategy = .steps
                arguments.saveSteps = 2
                arguments.maxSteps = 4
                saving(&arguments)
            }
            try run.trainer(output) { base(&$0) }.train()
            let next = try run.trainer(output) {
                base(&$0)
                $0.maxSteps = 6
                configure(&$0)
            }
            return try warnings { try next.train(resumeFromCheckpoint: .latest) }
        }
    }

    @Test func theSameArgumentsNeedNoWarning() throws { #expect(try resumed { _ in }.isEmpty) }

    @Test func intervalsAreTheCheckpoints() throws {
        let texts = try resumed {
            $0.saveSteps = 3
            $0.loggingSteps = 5
        }
        #expect(texts.count == 2)
        #expect(texts.contains { $0.contains("save_steps is 3 here but 2") })
        #expect(texts.contains { $0.contains("logging_steps is 5 here but 1") })
    }

    @Test func theLearningRateIsTheCheckpoints() throws {
        let texts = try resumed { $0.learningRate = 0.5 }
        #expect(texts.count == 1 && texts[0].contains("learning_rate is 0.5 here but 0.01"), "\(texts)")
    }

    @Test func anotherBatchSizeIsSaid() throws {
        let texts = try resumed { $0.perDeviceTrainBatchSize = 5 }
        #expect(texts.count == 1 && texts[0].contains("per_device_train_batch_size is 5"), "\(texts)")
    }

    @Test func aMissingOptimizerIsSaid() throws {
        let texts = try resumed(saving: { $0.saveOnlyModel = true }) { _ in }
        #expect(texts.count == 1 && texts[0].contains("no optimizer.pt"), "\(texts)")
    }
}

/// Optimizers of one's own.
@Suite(.serialized) struct CustomOptimizerTests {
    /// Only what a step does, with a running mean of the gradients as its state.
    private final class Averaging: Optimizer {
        override func step() throws {
            try withTorchErrors {
                noGrad {
                    for group in groups {
                        for parameter in group.parameters {
                            guard let grad = parameter.grad else { continue }
                            let id = ObjectIdentifier(parameter)
                            let mean = states[id]?.first?.tensor ?? parameter.zerosLike()
                            mean.mul_(0.9).add_(grad)
                            states[id] = [("mean", mean)]
                            parameter.sub_(mean * group.learningRate)
                        }
                    }
                }
            }
        }
    }

    @Test func isSavedAndResumed() throws {
        let run = try PythonRun("plain")
        func trainer(_ output: URL) throws -> Trainer {
            let trainer = try run.trainer(output) {
                $0.saveStrategy = .steps
                $0.saveSteps = 3
                $0.maxSteps = 7
            }
            trainer.optimizer = Averaging(
                groups: [ParameterGroup(trainer.model.parameters(), learningRate: 0.01)])
            return trainer
        }
        try withOutput { output in
            let whole = try trainer(output)
            try whole.train()
            let resumed = try trainer(output)
            try resumed.train(resumeFromCheckpoint: .folder(output.appending(path: "checkpoint-3").path))
            #expect(bits(resumed.model) == bits(whole.model))
        }
    }
}
