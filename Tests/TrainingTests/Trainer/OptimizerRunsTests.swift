import Foundation
import OrderedJSON
import Testing
import Training

/// Python's Trainer with its optimizers and schedules: scripts/fixtures/optimizer_runs.py.
@Suite(.serialized) struct OptimizerRunsTests {
    private func run(_ name: String) throws -> PythonRun { try PythonRun(name, in: PythonRun.optimizerFolder) }

    private func expectWeights(_ trainer: Trainer, _ run: PythonRun) throws {
        for (name, want) in run.tensors(under: "final.").entries {
            let got = try #require(trainer.model.stateDict()[name])
            #expect((got.detach() - want).abs().max().item() < 2e-6, "\(name)")
        }
    }

    @Test(arguments: [
        "adafactor", "adagrad", "rmsprop", "lion", "ademamix", "plateau", "plateau_accuracy", "greedy", "stable",
        "minimum",
    ])
    func equalsPythonsRun(name: String) throws {
        let run = try run(name)
        try withOutput { output in
            let trainer = try run.trainer(output)
            try trainer.train()
            PythonRunsTests.expectLog(untimed(trainer.state.logHistory), run.log)
            try expectWeights(trainer, run)
        }
    }

    @Test(arguments: [
        ("adafactor", 4), ("adagrad", 3), ("rmsprop", 6), ("lion", 5), ("ademamix", 9), ("plateau", 7), ("greedy", 8),
    ])
    func checkpointsArePythons(name: String, step: Int) throws {
        let run = try run(name)
        let pythons = PythonRun.optimizerFolder.appending(path: "checkpoint-\(step)")
        try withOutput { output in
            try run.trainer(output).train()
            let ours = output.appending(path: "checkpoint-\(step)")
            for file in ["optimizer.pt", "scheduler.pt"] {
                let got = try TorchArchive.load(ours.appending(path: file))
                let want = flattened(try TorchArchive.load(pythons.appending(path: file)))
                expectEqual(got, want, "\(name) \(file)")
            }
            // The run goes on from Python's checkpoint, and from ours with the same bits as without a break.
            let resumed = try run.trainer(output)
            try resumed.train(resumeFromCheckpoint: .folder(pythons.path))
            try expectWeights(resumed, run)
            let rates = { (log: [JSONObject]) in log.compactMap { $0["learning_rate"]?.doubleValue } }
            #expect(rates(resumed.state.logHistory) == run.log.compactMap { $0["learning_rate"]?.doubleValue })
        }
        try withOutput { output in
            let whole = try run.trainer(output)
            try whole.train()
            let resumed = try run.trainer(output)
            try resumed.train(resumeFromCheckpoint: .folder(output.appending(path: "checkpoint-\(step)").path))
            #expect(bits(resumed.model) == bits(whole.model))
            #expect(
                untimed(resumed.state.logHistory).dropLast().map(\.members.count)
                    == untimed(whole.state.logHistory).dropLast().map(\.members.count))
        }
    }

    /// Without the dictionaries of the states in which bitsandbytes keeps its tensors; it reads them without as well.
    private func flattened(_ value: PickleValue) -> PickleValue {
        guard let states = value["state"]?.dictionaryValue, var file = value.dictionaryValue else { return value }
        file["state"] = .dict(
            PickleDictionary(
                states.entries.map { entry in
                    let entries = entry.value.dictionaryValue?.entries ?? []
                    return .init(
                        key: entry.key,
                        value: .dict(
                            PickleDictionary(entries.flatMap { $0.value.dictionaryValue?.entries ?? [$0] })))
                }))
        return .dict(file)
    }

    /// The same keys in the same order; numbers that were computed within rounding; Python's whole floats may be integers.
    private func expectEqual(_ got: PickleValue, _ want: PickleValue, _ place: String) {
        if let ours = got.dictionaryValue, let pythons = want.dictionaryValue {
            #expect(ours.entries.map(\.key) == pythons.entries.map(\.key), "\(place)")
            for (entry, other) in zip(ours.entries, pythons.entries) {
                expectEqual(entry.value, other.value, "\(place) \(entry.key.stringValue ?? "")")
            }
        } else if let ours = got.elements, let pythons = want.elements {
            #expect(ours.count == pythons.count, "\(place)")
            for (one, other) in zip(ours, pythons) { expectEqual(one, other, place) }
        } else if let ours = got.tensorValue, let pythons = want.tensorValue {
            let (ours, pythons) = (Tensor(copying: ours), Tensor(copying: pythons))
            #expect(ours.shape == pythons.shape && ours.dtype == pythons.dtype, "\(place)")
            #expect(((ours - pythons).abs() / pythons.abs().clamp(min: 1)).max().item() < 2e-6, "\(place)")
        } else if let ours = got.doubleValue, let pythons = want.doubleValue {
            #expect(abs(ours - pythons) <= 2e-6 * abs(pythons) || ours == pythons, "\(place)")
        } else {
            #expect(got == want, "\(place)")
        }
    }

    @Test func aMetricThatIsNotThereIsAnError() throws {
        let run = try run("plateau")
        try withOutput { output in
            let trainer = try run.trainer(output) { $0.metricForBestModel = "f1" }
            let error = #expect(throws: TrainingError.self) { try trainer.train() }
            #expect(
                error?.description.hasPrefix("metric_for_best_model is f1, but the evaluation gave eval_loss") == true)
        }
    }

    @Test func ratesThatDoNotFitTheGroupsAreAnErrorBeforeTheFirstStep() throws {
        let run = try run("plateau")
        try withOutput { output in
            let trainer = try run.trainer(output) { $0.lrSchedulerKwargs = ["min_lr": [0.1, 0.2, 0.3]] }
            let error = #expect(throws: TrainingError.self) { try trainer.train() }
            #expect(error?.description == "min_lr has 3 numbers, but the optimizer has 2 parameter groups")
            #expect(trainer.state.globalStep == 0)
        }
    }

    @Test func aSchedulerFileOfAnotherKindIsAnError() throws {
        let run = try run("plateau")
        try withOutput { output in
            let trainer = try run.trainer(output) {
                $0.optim = .adafactor
                $0.optimArgs = nil
            }
            let folder = PythonRun.optimizerFolder.appending(path: "checkpoint-4")
            let error = #expect(throws: TrainingError.self) {
                try trainer.train(resumeFromCheckpoint: .folder(folder.path))
            }
            #expect(
                error?.description
                    == "scheduler.pt is not that of a reduce_lr_on_plateau schedule: num_bad_epochs is missing or malformed"
            )
        }
    }

    @Test func everyOptimizerTrainsInBothArithmetics() throws {
        let run = try run("stable")
        for name in OptimizerNames.allCases {
            let weights = try [Numerics.fast, .reference].map { numerics in
                try withOutput { output in
                    let trainer = try run.trainer(output) {
                        $0.optim = name
                        $0.numerics = numerics
                        $0.weightDecay = 0.01
                    }
                    try trainer.train()
                    return trainer.model.stateDict().entries.map(\.tensor)
                }
            }
            for (fast, reference) in zip(weights[0], weights[1]) {
                #expect((fast - reference).detach().abs().max().item() < 1e-5, "\(name)")
            }
        }
    }
}
