import Foundation
import Testing
import Training

/// `enable_jit_checkpoint`: SIGTERM saves, and training ends as if it were done.
@Suite(.serialized) struct PreemptionTests {
    private final class Terminator: TrainerCallback {
        private let step: Int
        private let signal: Int32
        private(set) var isEnded = false

        init(_ step: Int, _ signal: Int32 = SIGTERM) {
            self.step = step
            self.signal = signal
        }

        override var awaitsCheckpoint: Bool { false }

        override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
            guard context.globalStep == step else { return }
            // To the process: threads of the tests hold signals back. It takes a moment.
            kill(getpid(), signal)
            usleep(200_000)
        }

        override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) { isEnded = true }
    }

    /// In the middle of an epoch, and at its end.
    @Test(arguments: [4, 6]) func trainingEndsWithoutAnErrorAndGoesOn(step: Int) throws {
        let run = try PythonRun("dropout")
        func configure(_ arguments: inout TrainingArguments) {
            arguments.evalStrategy = .epoch
            arguments.enableJitCheckpoint = true
        }
        let whole = try withOutput { output in
            let trainer = try run.trainer(output, configure)
            try trainer.train()
            return bits(trainer.model)
        }
        // With the default of saving on every interrupt, and without.
        for savesOnInterrupt in [true, false] {
            try withOutput { output in
                let terminator = Terminator(step)
                let trainer = try run.trainer(output, callbacks: [terminator]) {
                    configure(&$0)
                    $0.saveOnInterrupt = savesOnInterrupt
                }
                let result = try trainer.train()
                #expect(result.globalStep == step && terminator.isEnded)
                #expect(checkpoints(in: output) == ["checkpoint-\(step)"])
                let resumed = try run.trainer(output, configure)
                try resumed.train(resumeFromCheckpoint: .latest)
                #expect(bits(resumed.model) == whole)
            }
        }
    }

    /// Ctrl-C is no pre-emption.
    @Test func anotherSignalIsAnInterrupt() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [Terminator(4, SIGINT)]) {
                $0.enableJitCheckpoint = true
                $0.saveOnInterrupt = true
            }
            #expect(throws: TrainingError.self) { try trainer.train() }
            #expect(checkpoints(in: output) == ["checkpoint-4"])
        }
    }
}
