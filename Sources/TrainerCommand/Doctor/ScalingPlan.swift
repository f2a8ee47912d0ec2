import Foundation
import SwiftTrainer

/// What a run would give on more ranks, from what this machine measures.
struct ScalingPlan {
    let model: ScalingModel
    let parameters: Int
    /// Whether the links are this machine's own, where the network's are not known.
    let isLinkMeasured: Bool
    let isOnCPU: Bool
    let predictions: [ScalingPrediction]

    /// Measures a step and the link; takes seconds.
    init(_ options: PlanOptions, _ arguments: TrainingArguments) throws {
        let costs = try Self.costs(options, arguments)
        let inside = try LinkMeasurement.loopback()
        var between = inside
        if let speed = options.linkGbps { between.bytesPerSecond = speed * 1e9 / 8 }
        if let latency = options.linkLatencyUs { between.latency = latency / 1e6 }
        isOnCPU = arguments.useCpu || Device.cudaDeviceCount == 0
        let compression: Double = arguments.ddpCommHook == .no ? 1 : 0.5
        let buckets = GradientBuckets(
            costs.gradients, bucketBytes: (arguments.ddpBucketCapMb ?? 25) << 20, compressedTo: compression)
        let ranksPerNode = options.ranksPerNode ?? 1
        // Threads of its own for the exchange of each rank.
        let wanted = ranksPerNode * (TorchRuntime.threadCount + 1)
        model = ScalingModel(
            costs: costs, buckets: buckets,
            interconnect: Interconnect(
                inside: inside, between: between, ranksPerNode: ranksPerNode, algorithm: options.allReduce ?? .ring,
                latenciesPerRound: isOnCPU ? 2 : 1),
            hasSpareProcessors: !isOnCPU || wanted <= ProcessInfo.processInfo.activeProcessorCount)
        parameters = (costs.gradients.reduce(0) { $0 + $1.bytes } + costs.tables.reduce(0) { $0 + $1.bytes }) / 4
        isLinkMeasured = options.linkGbps == nil || options.linkLatencyUs == nil
        let counts = Set([1, 2, 8, 64, 1024, options.plan ?? 1])
        predictions = counts.sorted().map { [model] in model.prediction(ranks: $0) }
    }

    private static func costs(_ options: PlanOptions, _ arguments: TrainingArguments) throws -> StepCosts {
        let rows = arguments.perDeviceTrainBatchSize * arguments.gradientAccumulationSteps
        let length = options.maxLength ?? 128
        guard let name = options.model else {
            let count = options.parameters.flatMap(PlanOptions.count) ?? 1
            let model = try withTorchErrors { StandInModel(parameters: count) }
            let data = try withTorchErrors { model.rows(count: rows, length: length) }
            return try StepMeasurement.costs(of: model, rows: data, arguments: arguments).scaled(by: model.scale)
        }
        let folder = URL(filePath: try options.hub.folder(name, .all), directoryHint: .isDirectory)
        let configuration = try AutoConfig.fromPretrained(folder: folder)
        let model = try AutoModelForSequenceClassification.fromPretrained(
            folder: folder, ignoreMismatchedSizes: true)
        let positions = configuration["max_position_embeddings"]?.intValue ?? Int.max
        guard length + 2 <= positions || length <= positions && configuration.modelType != "roberta" else {
            throw CommandFailure.usage("--max-length is \(length), but \(name) has \(positions) positions")
        }
        // Words that no model gives a meaning of their own, such as padding, come first.
        let words = configuration["vocab_size"]?.intValue ?? 1000
        let tensors = try withTorchErrors {
            TensorDataset([
                "input_ids": .randint(min(1000, words / 2), words, [rows, length]),
                "attention_mask": .ones([rows, length], dtype: .int64),
                "labels": .randint(0, max(1, configuration.numLabels), [rows]),
            ])
        }
        let plain = try tensors.examples(CollationContext(inputNames: model.inputNames))
        // With lengths, as a tokenizer's batches have them.
        let data = Examples(count: rows, isConcurrent: false) { indices in
            var batch = try plain.batch(indices)
            batch.lengths = [Int](repeating: length, count: indices.count)
            return batch
        }
        return try StepMeasurement.costs(of: model, rows: data, arguments: arguments)
    }
}
