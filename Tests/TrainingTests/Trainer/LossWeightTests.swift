import Foundation
import OrderedJSON
import Testing
import Training

/// What the losses of micro-batches weigh: labels that count, class weights, label smoothing.
@Suite(.serialized) struct LossWeightTests {
    /// One layer with class weights, of which micro-batches hold different sums.
    private final class Weighted: Module, TrainableModel, ClassifyingModel {
        @Child var layer = Linear(6, 3)
        let numLabels = 3
        let classWeights: [Double]?

        init(_ classWeights: [Double]?) { self.classWeights = classWeights }

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = layer(try inputs.require("input_ids"))
            let loss = inputs[.labels].map {
                crossEntropy(logits, $0, weight: classWeights.map { Tensor($0).to(.float32) })
            }
            return ModelOutput(loss: loss, logits: logits)
        }

        func lossWeight(_ inputs: Batch) -> Double {
            (inputs[.labels]?.array(of: Int.self) ?? []).reduce(0) { $0 + ($1 < 0 ? 0 : classWeights?[$1] ?? 1) }
        }
    }

    private func data(_ labels: [Int]) throws -> TensorDataset {
        let inputs = try #require(PythonRun("plain").tensors["input_ids"])
        return TensorDataset(["input_ids": inputs[0..<labels.count], "labels": Tensor(labels)])
    }

    private func train(
        _ model: any TrainableModel, _ labels: [Int], _ size: Int, _ groups: Int,
        _ configure: (inout TrainingArguments) -> Void = { _ in }
    ) throws -> (losses: [Double], weights: [[Float]]) {
        try withOutput { output in
            let trainer = try Trainer(
                model: model,
                arguments: TrainingArguments(outputDir: output.path) {
                    $0.perDeviceTrainBatchSize = size
                    $0.gradientAccumulationSteps = groups
                    $0.trainSamplingStrategy = .sequential
                    $0.loggingSteps = 1
                    $0.learningRate = 0.01
                    $0.saveStrategy = .no
                    $0.disableTqdm = true
                    $0.useCpu = true
                    configure(&$0)
                }, trainDataset: try data(labels))
            try trainer.train()
            return (trainer.state.logHistory.compactMap { $0["loss"]?.doubleValue }, bits(trainer.model))
        }
    }

    private func expectSame(
        _ a: (losses: [Double], weights: [[Float]]), _ b: (losses: [Double], weights: [[Float]])
    ) {
        #expect(a.losses.count == b.losses.count && !a.losses.isEmpty)
        #expect(relativeDifference(a.losses, b.losses) < 1e-5)
        for (a, b) in zip(a.weights, b.weights) { #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }) }
    }

    @Test(arguments: [0, 0.1]) func classWeightsDoNotDependOnTheSplit(smoothing: Double) throws {
        func run(_ size: Int, _ groups: Int) throws -> (losses: [Double], weights: [[Float]]) {
            manualSeed(3)
            return try train(Weighted([0.2, 1, 3]), [0, 0, 0, 1, 2, 2, 0, 2], size, groups) {
                $0.labelSmoothingFactor = smoothing
            }
        }
        let whole = try run(8, 1)
        try expectSame(run(4, 2), whole)
        try expectSame(run(1, 8), whole)
    }

    @Test func aMicroBatchWithoutLabelsCountsForNothing() throws {
        func run(_ size: Int, _ groups: Int) throws -> (losses: [Double], weights: [[Float]]) {
            manualSeed(3)
            return try train(Weighted(nil), [-100, -100, 1, 2], size, groups)
        }
        let whole = try run(4, 1)
        try expectSame(run(2, 2), whole)
    }

    /// With label smoothing the model's own loss is not used, but its class weights are.
    @Test func smoothingKeepsClassWeights() throws {
        manualSeed(3)
        let model = Weighted([0.2, 1, 3])
        let rows = try data([0, 1, 2, 2])
        let logits = model.layer(try #require(rows.columns.first).tensor)
        let expected = crossEntropy(
            logits, Tensor([0, 1, 2, 2]), weight: Tensor([0.2, 1, 3] as [Double]).to(.float32), labelSmoothing: 0.2)
        let got = try train(model, [0, 1, 2, 2], 4, 1) {
            $0.labelSmoothingFactor = 0.2
            $0.maxSteps = 1
        }
        #expect(relativeDifference(got.losses, [expected.item()]) < 1e-6)
    }

    /// An overridden loss is the loss, whatever the arguments smooth.
    @Test func anOverriddenLossIsUsedWithSmoothing() throws {
        final class Doubling: Trainer {
            override func computeLoss(_ inputs: Batch) throws -> ModelOutput {
                var output = try super.computeLoss(inputs)
                output.loss = output.loss.map { $0 * 2 }
                return output
            }
        }
        func loss(doubled: Bool) throws -> [Double] {
            try withOutput { output in
                manualSeed(3)
                let arguments = TrainingArguments(outputDir: output.path) {
                    $0.labelSmoothingFactor = 0.1
                    $0.loggingSteps = 1
                    $0.maxSteps = 1
                    $0.saveStrategy = .no
                    $0.useCpu = true
                    $0.disableTqdm = true
                }
                let rows = try data([0, 1, 2, 2])
                let trainer =
                    try doubled
                    ? Doubling(model: Weighted(nil), arguments: arguments, trainDataset: rows)
                    : Trainer(model: Weighted(nil), arguments: arguments, trainDataset: rows)
                try trainer.train()
                return trainer.state.logHistory.compactMap { $0["loss"]?.doubleValue }
            }
        }
        let (plain, doubled) = (try loss(doubled: false), try loss(doubled: true))
        #expect(relativeDifference(doubled, plain.map { $0 * 2 }) < 1e-6)
    }
}
