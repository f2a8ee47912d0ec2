import Foundation
import Torch

/// Measures what the steps of a run cost on this machine.
public enum StepMeasurement {
    /// Trains a model for a few steps, as the arguments say but without evaluating, logging or saving.
    ///
    /// - Parameters:
    ///   - model: Its weights change.
    ///   - rows: At least one step's; they are seen again and again.
    ///   - arguments: The run whose steps are wanted.
    ///   - steps: How many are measured, after two that are not; the median counts. Default 5.
    /// - Throws: What the trainer throws.
    public static func costs(
        of model: any TrainableModel, rows: any TrainerDataset, arguments: TrainingArguments, steps: Int = 5
    ) throws -> StepCosts {
        let warmUps = 2
        var arguments = arguments
        let folder = FileManager.default.temporaryDirectory.appending(path: "scaling-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        arguments.outputDir = folder.path
        arguments.maxSteps = steps + warmUps + 1
        arguments.saveStrategy = .no
        arguments.evalStrategy = .no
        arguments.loggingStrategy = .no
        arguments.reportTo = .none
        arguments.disableTqdm = true
        arguments.nproc = 1
        let watch = StepWatch((model as? any ModelWithRowGradients)?.tablesWithRowGradients ?? [])
        let trainer = try TimedTrainer(model: model, arguments: arguments, trainDataset: rows, callbacks: [watch])
        trainer.removeCallback(PrinterCallback.self)
        _ = try trainer.train()

        let microBatches = arguments.gradientAccumulationSteps
        let first = warmUps * microBatches
        let forward = median(trainer.forward.dropFirst(first))
        let backward = median(trainer.backward.dropFirst(first))
        // From one step's beginning to the next one's.
        let starts = watch.starts.dropFirst(warmUps)
        let step = median(zip(starts.dropFirst(), starts).map { ($0 - $1) / .seconds(1) })
        return StepCosts(
            forward: forward, backward: backward,
            update: max(0, step - Double(microBatches) * (forward + backward)), microBatches: microBatches,
            samples: arguments.perDeviceTrainBatchSize * microBatches,
            gradients: gradients(of: model, but: watch.usedRows.keys),
            tables: watch.tables.compactMap { table in
                watch.usedRows[ObjectIdentifier(table)].map { rows in
                    RowTable(bytes: table.numel * table.dtype.itemSize, rowBytes: rows * RowExchange.rowBytes(table))
                }
            })
    }

    /// The parameters that are trained, in the order of the model, but for some. The backward pass's work is taken to be in
    /// proportion to the elements of its matrices; tables of embeddings cost next to nothing.
    private static func gradients(
        of model: Module, but others: some Collection<ObjectIdentifier>
    ) -> [GradientBuckets.Gradient] {
        let tables = Set(
            model.namedModules().compactMap { ($0.module as? Embedding).map { ObjectIdentifier($0.weight) } })
        return model.parameters().filter { $0.requiresGrad && !others.contains(ObjectIdentifier($0)) }.map {
            GradientBuckets.Gradient(
                bytes: $0.numel * $0.dtype.itemSize,
                work: tables.contains(ObjectIdentifier($0)) ? 0 : Double($0.numel))
        }
    }

    private static func median(_ values: some Collection<Double>) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}

/// Notes how long each micro-batch's forward and backward passes take.
private final class TimedTrainer: Trainer {
    private(set) var forward: [Double] = []
    private(set) var backward: [Double] = []

    override func trainingStep(_ inputs: Batch, scale: LossScale) throws -> Tensor {
        let start = ContinuousClock.now
        let before = forward.reduce(0, +)
        let loss = try super.trainingStep(inputs, scale: scale)
        waitForDevice()
        backward.append((ContinuousClock.now - start) / .seconds(1) - (forward.reduce(0, +) - before))
        return loss
    }

    override func computeLoss(_ inputs: Batch) throws -> ModelOutput {
        let start = ContinuousClock.now
        let output = try super.computeLoss(inputs)
        waitForDevice()
        forward.append((ContinuousClock.now - start) / .seconds(1))
        return output
    }

    private func waitForDevice() {
        if device.kind != .cpu { device.synchronize() }
    }
}

/// When each step began, and how many rows of tables it used.
private final class StepWatch: TrainerCallback {
    let tables: [Tensor]
    private(set) var starts: [ContinuousClock.Instant] = []
    /// The most rows of a step, of each table whose gradient held only those.
    private(set) var usedRows: [ObjectIdentifier: Int] = [:]

    init(_ tables: [Tensor]) { self.tables = tables }

    override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        starts.append(.now)
    }

    override func onPreOptimizerStep(_ context: CallbackContext, control: inout TrainerControl) throws {
        for table in tables {
            guard let grad = table.grad, grad.isSparse else { continue }
            let rows = grad.coalesce().values().size(0)
            usedRows[ObjectIdentifier(table)] = max(rows, usedRows[ObjectIdentifier(table)] ?? 0)
        }
    }
}
