public import Datasets
public import Training

/// Turns rows of a tokenized data set into a batch, as Python's data collators.
public protocol DataCollator: Sendable {
    /// Whether batches may be made on several threads at once. False for one that draws random numbers in the order of
    /// its calls.
    var isConcurrent: Bool { get }

    /// - Parameters:
    ///   - rows: tokenized rows, at least one.
    ///   - places: their numbers in the data set.
    ///   - wanted: which columns go into the batch.
    /// - Throws: `DatasetError`, `TrainingError` naming the row that does not fit.
    func batch(_ rows: [Row], places: [Int], wanted: WantedColumns) throws -> Batch
}

extension DataCollator {
    public var isConcurrent: Bool { true }

    /// A batch of all columns that the collator knows.
    public func callAsFunction(_ rows: [Row]) throws -> Batch {
        try batch(rows, places: rows.map(\.index), wanted: WantedColumns())
    }
}

/// Which columns a model reads.
public struct WantedColumns: Sendable, Hashable {
    /// The inputs of the model; nil: all.
    public var inputNames: [String]?
    /// The names of its labels.
    public var labelNames: [String]

    public init(inputNames: [String]? = nil, labelNames: [String] = ["labels"]) {
        self.inputNames = inputNames
        self.labelNames = labelNames
    }

    public init(_ context: CollationContext) {
        self.init(inputNames: context.inputNames, labelNames: context.labelNames)
    }

    public func contains(_ column: String) -> Bool {
        inputNames?.contains(column) ?? true || labelNames.contains(column)
    }
}

extension Dataset {
    /// The rows as the trainer's data, with a collator other than padding.
    ///
    /// ```swift
    /// let trainer = try Trainer(
    ///     model: model, trainDataset: rows.collated(by: DataCollatorForTokenClassification(tokenizer)),
    ///     processingClass: tokenizer)
    /// ```
    public func collated(by collator: some DataCollator) -> CollatedDataset {
        CollatedDataset(dataset: self, collator: collator)
    }
}

/// A tokenized data set and the collator that makes batches of it.
public struct CollatedDataset: TrainerDataset, Sendable {
    public let dataset: Dataset
    public let collator: any DataCollator

    public func examples(_ context: CollationContext) throws -> Examples {
        try dataset.examples(collator, WantedColumns(context), lengthColumn: context.lengthColumnName)
    }
}

extension IterableDataset {
    /// The rows of a stream as training data, with a collator other than padding.
    public func collated(by collator: some DataCollator) -> CollatedStream {
        CollatedStream(dataset: self, collator: collator)
    }
}

/// A tokenized stream and the collator that makes batches of it.
public struct CollatedStream: StreamedDataset, Sendable {
    public let dataset: IterableDataset
    public let collator: any DataCollator

    public func stream(_ context: CollationContext) throws -> ExampleStream {
        dataset.stream(collator, WantedColumns(context))
    }
}

extension Trainer {
    /// With a data collator for tokenized rows: Python's `data_collator`.
    public convenience init(
        model: (any TrainableModel)? = nil, arguments: TrainingArguments = TrainingArguments(),
        dataCollator: some DataCollator, trainDataset: Dataset?, evalDataset: Dataset? = nil,
        processingClass: (any ProcessingClass)? = nil, modelInit: (() throws -> any TrainableModel)? = nil,
        computeLossFunc: ComputeLossFunc? = nil, computeMetrics: ((EvalPrediction) throws -> Metrics)? = nil,
        callbacks: [TrainerCallback] = [],
        optimizers: (optimizer: Optimizer?, schedule: LearningRateSchedule?) = (nil, nil),
        preprocessLogitsForMetrics: ((_ logits: Tensor, _ labels: Tensor?) throws -> Tensor)? = nil
    ) throws {
        try self.init(
            model: model, arguments: arguments, trainDataset: trainDataset?.collated(by: dataCollator),
            evalDataset: evalDataset?.collated(by: dataCollator), processingClass: processingClass,
            modelInit: modelInit, computeLossFunc: computeLossFunc, computeMetrics: computeMetrics,
            callbacks: callbacks, optimizers: optimizers, preprocessLogitsForMetrics: preprocessLogitsForMetrics)
    }
}
