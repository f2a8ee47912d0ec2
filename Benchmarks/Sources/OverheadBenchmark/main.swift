// What Trainer costs beside the work itself: the same model, batches and optimizer in a bare loop and in Trainer, in turns
// in one process. Prints one JSON object: medians of the microseconds a step takes.
//   overhead-benchmark [steps a turn] [width of the layers] [turns]
import Foundation
import Training

final class Network: Module, TrainableModel {
    @Child var first: Linear
    @Child var second: Linear
    @Child var last: Linear

    init(width: Int) {
        first = Linear(256, width)
        second = Linear(width, width)
        last = Linear(width, 10)
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let hidden = second(first(try inputs.require("input_ids")).relu()).relu()
        let logits = last(hidden)
        return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
    }
}

func argument(_ place: Int, _ standard: Int) -> Int {
    CommandLine.arguments.count > place ? Int(CommandLine.arguments[place]) ?? standard : standard
}

let (steps, width, turns) = (argument(1, 1_000), argument(2, 512), argument(3, 7))
let batchSize = 32
let output = FileManager.default.temporaryDirectory.appendingPathComponent("overhead-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: output) }
let inputs = Tensor.rand([steps * batchSize, 256])
let labels = Tensor.randint(0, 10, [steps * batchSize])
let rows = TensorDataset(["input_ids": inputs, "labels": labels])

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let started = ContinuousClock.now
    try body()
    let elapsed = (ContinuousClock.now - started).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
}

/// The work alone, on batches that are there already.
@MainActor func bare() throws -> Double {
    setSeed(42)
    let model = Network(width: width)
    let parameters = model.parameters()
    let optimizer = AdamW(groups: [
        ParameterGroup(parameters.filter { $0.dim > 1 }, learningRate: 5e-5),
        ParameterGroup(parameters.filter { $0.dim == 1 }, learningRate: 5e-5),
    ])
    let clipping = FusedGradientClipping(parameters)
    let order = seededPermutation(steps * batchSize, seed: 42)
    let batches = (0..<steps).map { step in
        let places = Array(order[step * batchSize..<(step + 1) * batchSize])
        return Batch([("input_ids", inputs.gatherRows(places)), (.labels, labels.gatherRows(places))], rows: places)
    }
    model.train()
    return try seconds {
        for batch in batches {
            try withTorchErrors {
                let loss = try model.forward(batch).loss
                loss?.backward()
                _ = clipping.clip(maxNorm: 1)
                try optimizer.step()
                optimizer.zeroGrad()
            }
        }
    }
}

@MainActor func trained() throws -> Double {
    setSeed(42)
    let trainer = try Trainer(
        model: Network(width: width),
        arguments: TrainingArguments(outputDir: output.path) {
            $0.maxSteps = steps
            $0.perDeviceTrainBatchSize = batchSize
            $0.saveStrategy = .no
            $0.disableTqdm = true
            $0.useCpu = true
        }, trainDataset: rows)
    return try seconds { try trainer.train() }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

_ = try bare()
var (bares, trainers): ([Double], [Double]) = ([], [])
for _ in 0..<turns {
    bares.append(try bare())
    trainers.append(try trained())
}
let (bareStep, trainerStep) = (median(bares) / Double(steps) * 1e6, median(trainers) / Double(steps) * 1e6)
// Neighbours in time are compared: other programs disturb both alike.
let ratio = median(zip(trainers, bares).map { $0 / $1 })
let lowest = (trainers.min() ?? 0) / (bares.min() ?? 1)
print(
    "{\"bare_us\": \(bareStep), \"trainer_us\": \(trainerStep), \"overhead_percent\": \(100 * (ratio - 1)), "
        + "\"overhead_of_fastest_percent\": \(100 * (lowest - 1))}")
