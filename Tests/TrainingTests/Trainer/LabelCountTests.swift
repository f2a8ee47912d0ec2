import Testing
import Training

/// The count of labels that a model finds in its batch.
struct LabelCountTests {
    private final class Counting: Module, TrainableModel {
        @Child var layer = Linear(4, 2)
        private(set) var counts: [Int?] = []

        func forward(_ inputs: Batch) throws -> ModelOutput {
            counts.append(inputs.step?.labelCount)
            let logits = layer(try inputs.require("features"))
            return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
        }
    }

    /// Labels of -100 do not count, with one micro-batch in a step as with several.
    @Test(arguments: [(1, [3, 2, 3, 2]), (2, [5, 5, 5, 5])]) func ignoredLabelsDoNotCount(
        accumulation: Int, counts: [Int]
    ) throws {
        let labels = Tensor([0, -100, 1, 1, 0, 1, -100, -100].map { $0 } as [Int])
        try withOutput { output in
            let model = Counting()
            let trainer = try Trainer(
                model: model,
                arguments: quietArguments(output) {
                    $0.perDeviceTrainBatchSize = 4
                    $0.gradientAccumulationSteps = accumulation
                    $0.numTrainEpochs = 2
                    $0.trainSamplingStrategy = .sequential
                }, trainDataset: TensorDataset(["features": .randn([8, 4]), "labels": labels]))
            try trainer.train()
            #expect(model.counts == counts)
        }
    }
}
