import Foundation
import OrderedJSON
import Testing
import Training

/// An optimizer of the program's own: gradient descent along an average, which it keeps in `states`.
private final class Averaging: Optimizer {
    private(set) var steps = 0

    override func step() throws {
        steps += 1
        try withTorchErrors {
            noGrad {
                for group in groups {
                    for parameter in group.parameters {
                        guard let grad = parameter.grad else { continue }
                        let id = ObjectIdentifier(parameter)
                        let average = states[id]?.first?.tensor ?? parameter.zerosLike()
                        average.mul_(0.5).add_(grad)
                        states[id] = [("average", average)]
                        parameter.add_(average, alpha: .double(-group.learningRate))
                    }
                }
            }
        }
    }

    override var stateNames: [String] { ["average"] }
}

/// A schedule of the program's own: the rate is halved by every second evaluation.
private struct EverySecond: EvaluationSchedule {
    private var count = 0

    mutating func begin(rates: [Double]) throws { count = 0 }
    mutating func step(_ metric: Double, rates: [Double]) -> [Double] {
        count += 1
        return count.isMultiple(of: 2) ? rates.map { $0 / 2 } : rates
    }
    var state: PickleValue { ["count": .int(count)] }
    mutating func restore(_ state: PickleValue) throws -> [Double]? {
        guard let saved = state["count"]?.intValue else { throw TrainingError.checkpoint("no count") }
        count = saved
        return nil
    }
}

@Suite(.serialized) struct CustomScheduleTests {
    private func trainer(_ run: PythonRun, _ output: URL, _ schedule: LearningRateSchedule) throws -> Trainer {
        let trainer = try run.trainer(output) {
            $0.saveStrategy = .steps
            $0.saveSteps = 3
            $0.evalStrategy = .steps
            $0.evalSteps = 1
        }
        // Other groups than the trainer makes.
        let parameters = trainer.model.parameters()
        trainer.optimizer = Averaging(groups: [
            ParameterGroup(Array(parameters.prefix(1)), learningRate: 0.1),
            ParameterGroup(Array(parameters.dropFirst()), learningRate: 0.05),
        ])
        trainer.schedule = schedule
        return trainer
    }

    private func rates(_ trainer: Trainer) -> [Double] {
        trainer.state.logHistory.compactMap { $0["learning_rate"]?.doubleValue }
    }

    @Test(arguments: [true, false]) func areUsedSavedAndResumed(followsEvaluations: Bool) throws {
        let run = try PythonRun("dropout")
        let schedule =
            followsEvaluations
            ? LearningRateSchedule(name: "every_second", following: EverySecond())
            : LearningRateSchedule(name: "sawtooth") { $0 % 3 == 2 ? 0.25 : 1 }
        try withOutput { output in
            let whole = try trainer(run, output, schedule)
            try whole.train()
            let optimizer = try #require(whole.optimizer as? Averaging)
            #expect(optimizer.steps == whole.state.globalStep)
            let expected = (0..<whole.state.globalStep).map { step -> Double in
                if followsEvaluations { return 0.1 / pow(2, Double(step / 2)) }
                return step % 3 == 2 ? 0.1 * 0.25 : 0.1
            }
            #expect(rates(whole) == expected)

            let folder = output.appending(path: "checkpoint-3")
            let state = try TorchArchive.load(folder.appending(path: "optimizer.pt"))
            #expect(state["state"]?.dictionaryValue?.entries.count == 4)
            #expect(state["state"]?.dictionaryValue?[0]?["average"]?.tensorValue != nil)
            #expect(state["param_groups"]?.elements?.count == 2)

            let resumed = try trainer(run, output, schedule)
            try resumed.train(resumeFromCheckpoint: .folder(folder.path))
            #expect(bits(resumed.model) == bits(whole.model))
            #expect(rates(resumed) == expected)
        }
    }

    @Test func aScheduleThatFollowsEvaluationsNeedsThem() throws {
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output)
            trainer.schedule = LearningRateSchedule(name: "mine", following: ReduceLROnPlateau())
            let error = #expect(throws: TrainingError.self) { try trainer.train() }
            #expect(error?.description == "the schedule mine needs an eval_strategy other than no")
        }
    }
}
