// A small convolutional network learns to tell horizontal from vertical bars, from images as plain arrays.
import Training

final class ImageClassifier: Module, TrainableModel {
    @Child var first = Conv2d(1, 8, kernelSize: [3], padding: [1], bias: false)
    @Child var norm = BatchNorm2d(8)
    @Child var second = Conv2d(8, 16, kernelSize: [3], padding: [1])
    @Child var fc = Linear(16, 2)

    func forward(_ inputs: Batch) throws -> ModelOutput {
        var x = norm(first(try inputs.require("pixel_values"))).relu().maxPool2d(kernelSize: [2])
        x = second(x).relu().adaptiveAvgPool2d([1, 1]).flatten(startDim: 1)
        let logits = fc(x)
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

/// Images `[count, 1, 8, 8]` with a bright row (label 0) or column (label 1) on noise.
func bars(_ count: Int) -> TensorDataset {
    var pixels: [Float] = []
    for image in 0..<count {
        let place = Int.random(in: 0..<8)
        for row in 0..<8 {
            for column in 0..<8 {
                let isLit = (image % 2 == 0 ? row : column) == place
                pixels.append((isLit ? 1 : 0) + .random(in: -0.2...0.2))
            }
        }
    }
    let labels = Tensor((0..<count).map { $0 % 2 })
    return TensorDataset(["pixel_values": Tensor(pixels, shape: [count, 1, 8, 8]), "labels": labels])
}

let arguments = TrainingArguments(outputDir: "results/images") {
    $0.numTrainEpochs = 10
    $0.perDeviceTrainBatchSize = 32
    $0.learningRate = 0.01
    $0.evalStrategy = .epoch
    $0.saveStrategy = .epoch
    $0.saveTotalLimit = 1
}
try Trainer(
    arguments: arguments, trainDataset: bars(512), evalDataset: bars(128), modelInit: { ImageClassifier() },
    computeMetrics: { ["accuracy": accuracy($0.predictions.argmax(dim: -1), $0.labelIds)] }
).train()
