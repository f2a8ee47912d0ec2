import Foundation
import OrderedJSON
import Testing
import Training

/// Rows of two classes that a linear layer can tell apart.
struct Points: Sendable {
    let features: [[Float]]
    let labels: [Int]

    init(_ count: Int = 24, seed: UInt64 = 5) {
        var generator = SeededGenerator(state: seed)
        var features: [[Float]] = []
        var labels: [Int] = []
        for index in 0..<count {
            let label = index % 2
            features.append((0..<4).map { _ in Float.random(in: -0.5...0.5, using: &generator) + Float(label) })
            labels.append(label)
        }
        self.features = features
        self.labels = labels
    }

    var dataset: TensorDataset {
        TensorDataset([
            "features": Tensor(features.flatMap { $0 }, shape: [features.count, 4]), "labels": Tensor(labels),
        ])
    }
}

struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

/// A linear layer over `features`.
final class PointModel: Module, TrainableModel {
    @Child var layer = Linear(4, 2)

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let logits = layer(try inputs.require("features"))
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

/// Short runs without files or lines.
func quietArguments(
    _ output: URL, _ configure: (inout TrainingArguments) -> Void = { _ in }
) -> TrainingArguments {
    TrainingArguments(outputDir: output.path) {
        $0.numTrainEpochs = 2
        $0.perDeviceTrainBatchSize = 4
        $0.learningRate = 0.05
        $0.loggingSteps = 1
        $0.saveStrategy = .no
        $0.useCpu = true
        $0.disableTqdm = true
        $0.saveOnInterrupt = false
        configure(&$0)
    }
}

func losses(_ trainer: Trainer) -> [Double] { trainer.state.logHistory.compactMap { $0["loss"]?.doubleValue } }
