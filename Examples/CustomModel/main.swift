import Training

final class Classifier: Module, TrainableModel {
    @Child var fc: Linear
    init(inputSize: Int, labels: Int) { fc = Linear(inputSize, labels) }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let logits = fc(try inputs.require("input_ids"))
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

let examples = TensorDataset(["input_ids": .rand([100, 768]), "labels": .randint(0, 2, [100])])
let arguments = TrainingArguments(outputDir: "results") {
    $0.evalStrategy = .epoch
    $0.numTrainEpochs = 3
    $0.perDeviceTrainBatchSize = 8
}
try Trainer(
    model: Classifier(inputSize: 768, labels: 2), arguments: arguments, trainDataset: examples, evalDataset: examples
).train()
