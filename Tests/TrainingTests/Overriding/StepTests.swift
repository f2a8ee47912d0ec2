import Foundation
import OrderedJSON
import Testing
import Training

@Suite(.serialized) struct StepTests {
    /// Two optimizers: the head learns ten times as fast, with plain gradient descent.
    final class TwoOptimizers: Trainer {
        private lazy var head = SGD(
            groups: [ParameterGroup(parameters(under: "head."), learningRate: 10 * arguments.learningRate)])
        private(set) var headSteps = 0

        private func parameters(under prefix: String) -> [Tensor] {
            model.namedParameters().filter { $0.name.hasPrefix(prefix) }.map { $0.parameter }
        }

        override func createOptimizer() throws -> Optimizer {
            AdamW(groups: [ParameterGroup(parameters(under: "body."), learningRate: arguments.learningRate)])
        }

        override func trainingStep(_ inputs: Batch, scale: LossScale) throws -> Tensor {
            let loss = try super.trainingStep(inputs, scale: scale)
            try head.step()
            head.zeroGrad()
            headSteps += 1
            return loss
        }
    }

    final class TwoParts: Module, TrainableModel {
        @Child var body = Linear(4, 8)
        @Child var head = Linear(8, 2)

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = head(body(try inputs.require("features")).tanh())
            return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
        }
    }

    @Test func twoOptimizersInOneStep() throws {
        try withOutput { output in
            manualSeed(2)
            let model = TwoParts()
            let before = bits(model)
            let trainer = try TwoOptimizers(
                model: model, arguments: quietArguments(output) { $0.numTrainEpochs = 4 },
                trainDataset: Points().dataset)
            try trainer.train()
            #expect(trainer.headSteps == 24)
            #expect(zip(before, bits(model)).allSatisfy { $0 != $1 })
            #expect((losses(trainer).last ?? 1) < 0.5 * (losses(trainer).first ?? 0))
        }
    }

    /// Distillation: the student follows a teacher's scores.
    final class Distillation: Trainer {
        var teacher: (any TrainableModel)?

        override func trainingStep(_ inputs: Batch, scale: LossScale) throws -> Tensor {
            guard let teacher else { return try super.trainingStep(inputs, scale: scale) }
            var unlabelled = inputs
            unlabelled[.labels] = nil
            let wanted = try noGrad { try teacher.forward(unlabelled).logits?.softmax(dim: -1) }
            let scores = try model.forward(unlabelled).logits
            let loss = -(try #require(wanted) * (try #require(scores)).logSoftmax(dim: -1)).sum(dim: [-1]).mean()
            loss.backward()
            return loss.detach()
        }
    }

    @Test func aTeacherModel() throws {
        try withOutput { output in
            let data = Points().dataset
            manualSeed(3)
            let teacher = PointModel()
            try Trainer(
                model: teacher, arguments: quietArguments(output) { $0.numTrainEpochs = 20 }, trainDataset: data
            ).train()
            let student = PointModel()
            let trainer = try Distillation(
                model: student, arguments: quietArguments(output) { $0.numTrainEpochs = 60 }, trainDataset: data)
            trainer.teacher = teacher
            try trainer.train()
            let rows = data.columns[0].tensor
            let difference = noGrad {
                (student.layer(rows).softmax(dim: -1) - teacher.layer(rows).softmax(dim: -1)).abs().max().item()
            }
            #expect(difference < 0.1)
        }
    }

    @Test func anOptimizerAndACourseOfItsRate() throws {
        try withOutput { output in
            let model = PointModel()
            let optimizer = SGD(groups: [ParameterGroup(model.parameters(), learningRate: 0.5)], momentum: 0.9)
            let halved = LearningRateSchedule(name: "halved") { $0 < 3 ? 1 : 0.5 }
            let trainer = try Trainer(
                model: model, arguments: quietArguments(output) { $0.maxSteps = 5 }, trainDataset: Points().dataset,
                optimizers: (optimizer, halved))
            try trainer.train()
            #expect(trainer.optimizer === optimizer)
            let rates = trainer.state.logHistory.compactMap { $0["learning_rate"]?.doubleValue }
            #expect(rates == [0.5, 0.5, 0.5, 0.25, 0.25])
            #expect(try trainer.learningRates() == [0.25])
            #expect(try trainer.optimizerGroup(of: model.layer.weight)?.initialLearningRate == 0.5)
        }
    }

    @Test func whatMakesOptimizerAndScheduleIsCalled() throws {
        final class Own: Trainer {
            var calls: [String] = []
            override func createOptimizer() throws -> Optimizer {
                calls.append("optimizer")
                return try super.createOptimizer()
            }
            override func createScheduler(numTrainingSteps: Int) throws -> LearningRateSchedule {
                calls.append("scheduler \(numTrainingSteps)")
                return .constant
            }
            override func decayParameterNames() -> Set<String> {
                calls.append("decay")
                return []
            }
            override func floatingPointOperations(_ inputs: Batch) -> Double { 7 }
            override func log(_ logs: Metrics) throws {
                calls.append("log")
                var logs = logs
                logs["mine"] = 1
                try super.log(logs)
            }
        }
        try withOutput { output in
            let trainer = try Own(
                model: PointModel(),
                arguments: quietArguments(output) {
                    $0.maxSteps = 2
                    $0.weightDecay = 0.5
                }, trainDataset: Points().dataset)
            #expect(throws: TrainingError.self) { try trainer.learningRates() }
            try trainer.train()
            #expect(trainer.calls == ["optimizer", "decay", "scheduler 2", "log", "log", "log"])
            #expect(trainer.state.totalFlos == 14)
            #expect(trainer.optimizer?.groups.map { $0.parameters.count } == [0, 2])
            #expect(trainer.state.logHistory.allSatisfy { $0["mine"] == 1.0 })
            #expect(trainer.numTrainableParameters() == 10)
        }
    }

    /// A second run of the same trainer has a schedule of its own length.
    @Test func aSecondRunGetsItsOwnSchedule() throws {
        try withOutput { output in
            let trainer = try Trainer(
                model: PointModel(), arguments: quietArguments(output) { $0.maxSteps = 4 },
                trainDataset: Points().dataset)
            try trainer.train()
            let rates = trainer.state.logHistory.compactMap { $0["learning_rate"]?.doubleValue }
            try trainer.train()
            #expect(trainer.state.logHistory.compactMap { $0["learning_rate"]?.doubleValue } == rates)
        }
    }

    @Test func aModelThatIsMade() throws {
        try withOutput { output in
            var made = 0
            let trainer = try Trainer(
                arguments: quietArguments(output), trainDataset: Points().dataset,
                modelInit: {
                    made += 1
                    return PointModel()
                })
            #expect(made == 1)
            try trainer.train()
            let (first, weights) = (losses(trainer), bits(trainer.model))
            // Whatever happened before, a run is the same run.
            manualSeed(99)
            try trainer.train()
            #expect(made == 3)
            #expect(losses(trainer) == first)
            #expect(bits(trainer.model) == weights)
        }
    }

    @Test func aModelOrWhatMakesIt() throws {
        let both = #expect(throws: TrainingError.self) {
            try Trainer(model: PointModel(), modelInit: { PointModel() })
        }
        #expect(both?.description == "give the trainer either a model or a modelInit")
        #expect(throws: TrainingError.self) { try Trainer(trainDataset: Points().dataset) }
        let model = PointModel()
        #expect(throws: TrainingError.self) {
            try Trainer(
                modelInit: { model },
                optimizers: (SGD(groups: [ParameterGroup(model.parameters(), learningRate: 1)]), nil))
        }
    }
}
