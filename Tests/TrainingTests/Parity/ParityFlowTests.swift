import Foundation
import OrderedJSON
import Testing
import Training

/// Steps, epochs, events, intervals and what is logged.
@Suite(.serialized) struct ParityFlowTests {
    @Test func case24StepsAndEpochs() throws {
        #expect(try expectRun("max_steps").result.globalStep == 7)
        #expect(try expectRun("fraction").result.globalStep == 8)
    }

    @Test func case25EpochsInTheLog() throws {
        let finished = try expectRun("fraction")
        #expect(finished.series("epoch").last == 1.6)
        #expect(try expectRun("drop_last").series("epoch") == [0.4, 0.8, 1, 1])
    }

    @Test func case26Events() throws {
        let finished = try expectRun("trace")
        #expect(
            Set(finished.probe.events).isSuperset(of: ["substep_end", "prediction_step", "log", "evaluate", "save"]))
    }

    @Test func case27FlagsAtEachEvent() throws {
        for name in ["trace", "dropout", "on_start"] {
            let finished = try expectRun(name)
            #expect(finished.probe.flags == finished.run.strings("flags"), "\(name)")
        }
    }

    @Test func case28FirstStepIsLogged() throws {
        #expect(Array(try expectRun("first_step").series("step").prefix(3)) == [1, 3, 6])
    }

    @Test func case29SharesOfAllSteps() throws {
        let state = try expectRun("all_ratios").trainer.state
        let intervals = [state.loggingSteps, state.evalSteps, state.saveSteps]
        #expect(intervals == [2, 3, 4])
        try expectRun("ratios")
    }

    @Test func case33LastStepIsSavedAndEvaluated() throws {
        let finished = try expectRun("last_step")
        #expect(finished.checkpoints == ["checkpoint-4", "checkpoint-5"])
        #expect(finished.log.filter { $0["eval_loss"] != nil }.compactMap { $0["step"]?.intValue } == [3, 5])
    }

    @Test func case34EvaluationBeginsLateOrAtTheStart() throws {
        func steps(_ name: String) throws -> [Int] {
            try expectRun(name).log.filter { $0["eval_loss"] != nil }.compactMap { $0["step"]?.intValue }
        }
        #expect(try steps("delayed_steps") == [6, 8, 10])
        #expect(try steps("delayed_epochs") == [10, 15])
        #expect(try steps("on_start") == [0, 5, 10])
    }

    /// Of a resumed run: mean loss and speeds count its own steps.
    @Test func case31MeanLossOfAResumedRun() throws {
        let finished = try expectRun("resumed")
        let losses = finished.series("loss").dropFirst(4)
        #expect(losses.count == 5)
        #expect(isNear([finished.result.trainingLoss], [losses.reduce(0, +) / 5]))
    }

    @Test func case32SpeedsOfAResumedRun() throws {
        for name in ["resumed", "plain", "max_steps", "fraction"] {
            let finished = try expectRun(name)
            let metrics = finished.result.metrics
            let seconds = try #require(metrics["train_runtime"])
            for (key, unit) in [("samples", "train_samples_per_second"), ("steps", "train_steps_per_second")] {
                let counted = try #require(metrics[unit]) * seconds
                let want = try #require(finished.run.record[key]?.doubleValue)
                // The runtime is rounded to a tenth of a millisecond.
                #expect(abs(counted - want) <= 0.05 * want, "\(name): \(unit)")
            }
        }
    }
}
