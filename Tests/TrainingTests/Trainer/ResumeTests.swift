import Foundation
import OrderedJSON
import Testing
import Training

/// A run that was stopped anywhere and resumed ends with the bits of one that was not.
@Suite(.serialized) struct ResumeTests {
    private static func configure(_ arguments: inout TrainingArguments, accumulation: Int, workers: Int = 0) {
        arguments.gradientAccumulationSteps = accumulation
        arguments.saveStrategy = .steps
        arguments.saveSteps = 1
        arguments.evalStrategy = .epoch
        arguments.loggingSteps = 2
        arguments.dataloaderNumWorkers = workers
    }

    @Test(arguments: [1, 2, 3, 7]) func everyCutPointGivesTheSameBits(accumulation: Int) throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            let whole = try run.trainer(output) { Self.configure(&$0, accumulation: accumulation) }
            whole.files = FailingFiles(limit: .max)
            try whole.train()
            let random = Generator().state().array(of: UInt8.self)
            for step in 1..<whole.state.globalStep {
                let resumed = try run.trainer(output) {
                    Self.configure(&$0, accumulation: accumulation)
                    $0.saveSteps = 1000
                }
                resumed.files = FailingFiles(limit: .max)
                try resumed.train(resumeFromCheckpoint: .folder(output.appending(path: "checkpoint-\(step)").path))
                #expect(bits(resumed.model) == bits(whole.model), "step \(step)")
                #expect(Generator().state().array(of: UInt8.self) == random, "step \(step)")
                #expect(resumed.state.globalStep == whole.state.globalStep)
                let rest = untimed(whole.state.logHistory).filter { ($0["step"]?.intValue ?? 0) > step + 1 }
                let got = untimed(resumed.state.logHistory).filter { ($0["step"]?.intValue ?? 0) > step + 1 }
                // The mean loss of the run covers the steps of the call alone, as in Python.
                #expect(got.dropLast() == rest.dropLast(), "step \(step)")
            }
        }
    }

    @Test func aRunResumedAtItsEndDoesNothing() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            let whole = try run.trainer(output) {
                Self.configure(&$0, accumulation: 1)
                $0.maxSteps = 7
            }
            try whole.train()
            let again = try run.trainer(output) {
                Self.configure(&$0, accumulation: 1)
                $0.maxSteps = 7
            }
            let result = try again.train(resumeFromCheckpoint: .latest)
            #expect(result.globalStep == 7)
            #expect(bits(again.model) == bits(whole.model))
        }
    }

    /// Three steps an epoch: after the fourth, in the middle of the second; after the third, between two.
    @Test(arguments: [("checkpoint", 4), ("boundary", 3)]) func goesOnFromPythonsCheckpoint(name: String, step: Int)
        throws
    {
        let run = try PythonRun(name)
        try withOutput { output in
            let model = Network(dropout: 0.3)
            let trainer = try run.trainer(output, model: model) { $0.saveStrategy = .no }
            let checkpoint = PythonRun.folder.appending(path: "checkpoint-\(step)")
            try trainer.train(resumeFromCheckpoint: .folder(checkpoint.path))
            for (name, want) in run.tensors(under: "final.").entries {
                let got = try #require(trainer.model.stateDict()[name])
                #expect((got.detach() - want).abs().max().item() < 1e-6, "\(name)")
            }
            let losses = untimed(trainer.state.logHistory).compactMap { $0["loss"]?.doubleValue }
            #expect(relativeDifference(losses, run.log.compactMap { $0["loss"]?.doubleValue }) < 1e-6)
        }
    }

    @Test func writesWhatPythonWrites() throws {
        let run = try PythonRun("checkpoint")
        try withOutput { output in
            try run.trainer(output).train()
            let ours = output.appending(path: "checkpoint-4")
            let pythons = PythonRun.folder.appending(path: "checkpoint-4")
            let files = try FileManager.default.contentsOfDirectory(atPath: pythons.path).sorted()
            // Beside them `training_args.json`, where Python has a pickle of its class.
            let names = try FileManager.default.contentsOfDirectory(atPath: ours.path).sorted()
            #expect(names == (files + ["training_args.json"]).sorted())
            func load(_ folder: URL, _ name: String) throws -> PickleValue {
                try TorchArchive.load(folder.appending(path: name))
            }
            #expect(try load(ours, "scheduler.pt") == load(pythons, "scheduler.pt"))
            #expect(try load(ours, "rng_state.pth") == load(pythons, "rng_state.pth"))
            let (got, want) = (try load(ours, "optimizer.pt"), try load(pythons, "optimizer.pt"))
            #expect(got["param_groups"] == want["param_groups"])
            let states = try #require(want["state"]?.dictionaryValue)
            for entry in states.entries {
                let id = try #require(entry.key.intValue)
                for name in ["step", "exp_avg", "exp_avg_sq"] {
                    let expected = try #require(entry.value[name]?.tensorValue)
                    let tensor = try #require(got["state"]?.dictionaryValue?[id]?[name]?.tensorValue)
                    #expect(tensor.shape == expected.shape && tensor.dtype == expected.dtype)
                    let difference = (Tensor(copying: tensor) - Tensor(copying: expected)).abs().max().item()
                    #expect(difference < 1e-6, "\(name) of \(id)")
                }
            }
            let states2 = try [ours, pythons].map { folder in
                try JSONValue(parsing: Data(contentsOf: folder.appending(path: "trainer_state.json")))
            }
            for key in try #require(states2[1].objectValue).keys.sorted() where key != "log_history" {
                #expect(states2[0][key] == states2[1][key], "\(key)")
            }
            #expect(states2[0].objectValue?.keys == states2[1].objectValue?.keys)
        }
    }

    @Test func earlyStoppingGoesOnCounting() throws {
        let run = try PythonRun("early")
        try withOutput { output in
            let whole = try run.trainer(output) { $0.saveStrategy = .epoch }
            try whole.train()
            let resumed = try run.trainer(output) {
                $0.saveStrategy = .no
                $0.restoreCallbackStatesFromCheckpoint = true
            }
            let last = output.appending(path: "checkpoint-15")
            try resumed.train(resumeFromCheckpoint: .folder(last.path))
            #expect(resumed.state.globalStep == whole.state.globalStep)
            #expect(bits(resumed.model) == bits(whole.model))
        }
    }

    @Test func aMissingCheckpointIsSaid() throws {
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output)
            #expect(throws: TrainingError.self) { try trainer.train(resumeFromCheckpoint: .latest) }
            #expect(throws: TrainingError.self) { try trainer.train(resumeFromCheckpoint: .folder("/nowhere")) }
        }
    }
}
