extension Trainer {
    /// The order that `trainSamplingStrategy` names.
    func strategySampler(_ examples: Examples) throws -> any Sampler {
        let batchSize = arguments.perDeviceTrainBatchSize * arguments.gradientAccumulationSteps
        switch arguments.trainSamplingStrategy {
        case .random:
            guard arguments.acceleratorConfig?.useSeedableSampler ?? true else {
                guard ranks.areSeveral else { return RandomSampler(count: examples.count) }
                let own = try withTorchErrors { Tensor.empty([], dtype: .int64).random_().item(as: Int.self) }
                return OwnGeneratorSampler(count: examples.count, seed: Int(try ranks.broadcast("\(own)")) ?? own)
            }
            // As in Python the seed of the order is that of the generator when the loader is made.
            let seed = try withTorchErrors { Int(truncatingIfNeeded: Int64(bitPattern: Generator().initialSeed)) }
            return RandomSampler(count: examples.count, seed: arguments.dataSeed ?? seed)
        case .sequential: return SequentialSampler(count: examples.count)
        case .groupByLength: return LengthGroupedSampler(lengths: try lengths(examples), batchSize: batchSize)
        case .batchRebalance:
            return BatchRebalanceSampler(
                lengths: try lengths(examples), effectiveBatchSize: batchSize * ranks.worldSize,
                accumulation: arguments.gradientAccumulationSteps * ranks.worldSize)
        }
    }

    func strategyEvalSampler(_ examples: Examples) throws -> any Sampler {
        guard arguments.trainSamplingStrategy == .groupByLength else { return orderedSampler(examples) }
        return LengthGroupedSampler(
            lengths: try lengths(examples), batchSize: arguments.perDeviceEvalBatchSize,
            seed: arguments.effectiveDataSeed)
    }

    /// One whose results come in the data set's order.
    func orderedSampler(_ examples: Examples) -> any Sampler {
        let sorted = mayReorder(examples) ? LengthSortedSampler(examples) : nil
        return sorted ?? SequentialSampler(count: examples.count)
    }

    private func lengths(_ examples: Examples) throws -> [Int] {
        guard let length = examples.length else {
            throw TrainingError.argument(
                "train_sampling_strategy \(arguments.trainSamplingStrategy.rawValue) needs the lengths of rows: a column "
                    + "input_ids or \(arguments.lengthColumnName), or Examples.length")
        }
        return try (0..<examples.count).map { row in
            guard let length = length(row) else {
                throw TrainingError.data("\(examples.location?(row) ?? "row \(row)"): the row's length is not known")
            }
            return length
        }
    }
}
