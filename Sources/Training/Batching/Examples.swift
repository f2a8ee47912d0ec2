public import Foundation

/// What ``Trainer`` reads: a number of rows, and batches of any of them.
///
/// Made from any collection and a ``Collator``:
/// ```swift
/// let rows = Examples(reviews, collator: Collator { reviews, _ in … })
/// ```
public struct Examples {
    /// Number of rows.
    public let count: Int
    /// Whether batches may be made on other threads.
    let isConcurrent: Bool
    let makeBatch: ([Int]) throws -> Batch
    /// The label of a row where it is a class id and cheap to have; nil for a row without one.
    public var label: ((Int) throws -> Int?)?
    /// The length of a row, for ordering by length: the column that `lengthColumnName` names, or the size of the model's
    /// first input; nil where rows have none.
    public var length: ((Int) -> Int?)?
    /// What a row's input ids range over, for checks before training; nil where it has none, or they are not cheap to have.
    public var inputRange: ((Int) throws -> InputRange?)?
    /// Where a row came from, for messages.
    public var location: ((Int) -> String?)?

    /// - Parameters:
    ///   - rows: Any collection; read from worker threads where `dataloaderNumWorkers` asks for them.
    ///   - collator: Turns some of them into a batch.
    public init<Rows: RandomAccessCollection & Sendable>(_ rows: Rows, collator: Collator<Rows.Element>)
    where Rows.Element: Sendable {
        self.init(count: rows.count, isConcurrent: true) { indices in
            try collator(indices.map { rows[rows.index(rows.startIndex, offsetBy: $0)] }, rows: indices)
        }
    }

    /// - Parameters:
    ///   - count: The number of rows.
    ///   - isConcurrent: Whether `makeBatch` may be called on several threads at once.
    ///   - makeBatch: Gives a batch of the rows at these places, on the CPU.
    public init(count: Int, isConcurrent: Bool, makeBatch: @escaping ([Int]) throws -> Batch) {
        self.count = count
        self.isConcurrent = isConcurrent
        self.makeBatch = makeBatch
    }

    /// A batch of the rows at these places, on the CPU.
    public func batch(_ indices: [Int]) throws -> Batch {
        var batch = try makeBatch(indices)
        if batch.rows.isEmpty { batch.rows = indices }
        return batch
    }
}

/// A data set that knows how to make batches of itself. Conformed to by ``TensorDataset``, ``Examples`` and `Dataset`.
public protocol TrainerDataset {
    /// - Throws: What is wrong with the data.
    func examples(_ context: CollationContext) throws -> Examples
}

extension Examples: TrainerDataset {
    public func examples(_ context: CollationContext) throws -> Examples { self }
}

/// What a data set may need to know to make batches.
public struct CollationContext {
    /// The tokenizer or the like that was given to the trainer.
    public var processingClass: (any ProcessingClass)?
    /// Inputs that the model reads; nil: all columns are wanted.
    public var inputNames: [String]?
    /// Names of the label columns.
    public var labelNames: [String]
    /// The column that holds the rows' lengths, where there is one.
    public var lengthColumnName: String

    public init(
        processingClass: (any ProcessingClass)? = nil, inputNames: [String]? = nil, labelNames: [String] = ["labels"],
        lengthColumnName: String = "length"
    ) {
        self.processingClass = processingClass
        self.inputNames = inputNames
        self.labelNames = labelNames
        self.lengthColumnName = lengthColumnName
    }

    init(_ arguments: TrainingArguments, model: any TrainableModel, processingClass: (any ProcessingClass)?) {
        self.init(
            processingClass: processingClass, inputNames: arguments.removeUnusedColumns ? model.inputNames : nil,
            labelNames: arguments.labelNames ?? model.labelNames, lengthColumnName: arguments.lengthColumnName)
    }

    /// Whether a column goes into batches.
    public func keeps(_ column: String) -> Bool {
        guard let inputNames else { return true }
        return inputNames.contains(column) || labelNames.contains(column) || column == "label" || column == "label_ids"
    }
}

/// What turns raw data into a model's inputs (a tokenizer): saved beside the model, so that the folder is complete.
public protocol ProcessingClass {
    /// Writes its files into the folder, which exists.
    func saveProcessing(to folder: URL) throws
}
