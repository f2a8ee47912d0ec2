// Trainer on Linear(768, 2) and random floats; the peer is python/train_custom.py. Prints one JSON object.
//   custom-model-benchmark [steps]
import Foundation
import Training

final class Classifier: Module, TrainableModel {
    @Child var fc: Linear

    init(inputSize: Int, labels: Int) {
        fc = Linear(inputSize, labels)
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let logits = fc(try inputs.require("input_ids"))
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

let steps = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_500
let output = FileManager.default.temporaryDirectory.appendingPathComponent("custom-model-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: output) }

let rows = TensorDataset(["input_ids": .rand([4_000, 768]), "labels": .randint(0, 2, [4_000])])
let arguments = TrainingArguments(outputDir: output.path) {
    $0.maxSteps = steps
    $0.perDeviceTrainBatchSize = 8
    $0.saveStrategy = .no
    $0.disableTqdm = true
}
let trainer = try Trainer(model: Classifier(inputSize: 768, labels: 2), arguments: arguments, trainDataset: rows)
let started = ContinuousClock.now
try trainer.train()
let elapsed = ContinuousClock.now - started
let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
print("{\"steps_per_second\": \(Double(steps) / seconds), \"seconds\": \(seconds)}")
