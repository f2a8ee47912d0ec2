import Foundation
import OrderedJSON

extension Trainer {
    /// Runs `body`; with `autoFindBatchSize`, again with nine tenths of the batch size for as long as memory runs out.
    ///
    /// As in Python the weights stay as they are after what was trained with the larger size, and a resumed run begins
    /// with the size that its checkpoint was trained with. The arguments have the size that is tried; afterwards again
    /// what was given.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` where not even one row fits; what `body` throws.
    func findingBatchSize<Result>(_ checkpoint: URL?, _ body: () throws -> Result) throws -> Result {
        guard arguments.autoFindBatchSize else { return try body() }
        if ranks.areSeveral {
            throw TrainingError.argument(
                "auto_find_batch_size: memory may run out on one of \(ranks.worldSize) ranks and not on others; find the size "
                    + "with nproc 1")
        }
        let given = arguments.perDeviceTrainBatchSize
        let ownSchedule = schedule
        defer { arguments.perDeviceTrainBatchSize = given }
        if let size = checkpoint.flatMap(trainedBatchSize) { arguments.perDeviceTrainBatchSize = size }
        while true {
            do {
                return try body()
            } catch let error as TorchError where error.isOutOfMemory {
                let size = arguments.perDeviceTrainBatchSize * 9 / 10
                guard size > 0 else {
                    throw TrainingError.argument(
                        "auto_find_batch_size: not even a batch of one row fits into memory (\(error.description))")
                }
                Warnings.warn(
                    "memory is not enough for batches of \(arguments.perDeviceTrainBatchSize) rows; training begins "
                        + "again with \(size)")
                model.zeroGrad()
                device.emptyCache()
                // Steps are counted anew: their number has changed.
                schedule = ownSchedule
                arguments.perDeviceTrainBatchSize = size
            }
        }
    }

    private func trainedBatchSize(_ checkpoint: URL) -> Int? {
        let file = checkpoint.appending(path: "trainer_state.json")
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? TrainerState(fileContents: data, source: file.path).trainBatchSize
    }

    /// Rank 0's numbers: what follows from them must be the same on all ranks, whatever `computeMetrics` does.
    private func ofFirst(_ metrics: Metrics) throws -> Metrics {
        guard ranks.areSeveral else { return metrics }
        let text = try ranks.broadcast(JSONValue.object(metrics.json).serialized())
        return Metrics(try JSONValue(parsing: text).objectValue ?? JSONObject())
    }

    /// An evaluation that runs out of memory is no reason for smaller training batches.
    func evaluateWithinTraining() throws -> Metrics {
        do {
            return try ofFirst(evaluate(ignoreKeys: ignoreKeysForEval))
        } catch let error as TorchError where error.isOutOfMemory && arguments.autoFindBatchSize {
            throw TrainingError.argument(
                "the evaluation ran out of memory, and auto_find_batch_size changes training alone; lower "
                    + "per_device_eval_batch_size (\(error.description))")
        }
    }
}
