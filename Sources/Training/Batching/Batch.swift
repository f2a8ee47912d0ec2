/// Name of a tensor in a ``Batch``; Python's names, written as string literals or by the members here.
public struct BatchKey: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let name: String

    public init(_ name: String) { self.name = name }
    public init(stringLiteral value: String) { name = value }
    public var description: String { name }

    /// `labels`: class ids `[N]`, or whatever the model's loss compares with.
    public static let labels = BatchKey("labels")
    /// `input_ids`: token ids `[N, L]`, int64.
    public static let inputIds = BatchKey("input_ids")
    /// `attention_mask`: 1 for tokens and 0 for padding, `[N, L]`, int64.
    public static let attentionMask = BatchKey("attention_mask")
    /// `token_type_ids`: 0 for the first text and 1 for the second, `[N, L]`, int64.
    public static let tokenTypeIds = BatchKey("token_type_ids")
}

/// Named tensors of several rows, in order, and beside them on the host what is known about the rows.
public struct Batch {
    /// Keys and tensors in order. A handful: looking through them is faster than hashing.
    public private(set) var entries: [(key: BatchKey, tensor: Tensor)] = []

    /// Places of the rows in the data set, for messages and for whatever must depend on the row alone.
    public var rows: [Int]
    /// Real tokens of each row, without padding; nil where rows have no length. Known without asking the device.
    public var lengths: [Int]?
    /// How many labels count in this batch; nil where the collator does not know.
    public var labelCount: Int?
    /// Where in training this batch stands; nil outside.
    public var step: StepContext?

    public init(_ tensors: [(BatchKey, Tensor)] = [], rows: [Int] = [], lengths: [Int]? = nil) {
        self.rows = rows
        self.lengths = lengths
        entries.reserveCapacity(tensors.count)
        for (key, tensor) in tensors { self[key] = tensor }
    }

    public subscript(key: BatchKey) -> Tensor? {
        get { entries.first { $0.key == key }?.tensor }
        set {
            let place = entries.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let tensor?): entries[place].tensor = tensor
            case (let place?, nil): entries.remove(at: place)
            case (nil, let tensor?): entries.append((key, tensor))
            case (nil, nil): break
            }
        }
    }

    /// The tensor under `key`.
    ///
    /// - Throws: ``BatchError`` that names the keys there are.
    public func require(_ key: BatchKey) throws -> Tensor {
        guard let tensor = self[key] else {
            throw BatchError.missing(key.name, available: entries.map { $0.key.name })
        }
        return tensor
    }

    /// Number of rows.
    public var count: Int { rows.isEmpty ? (entries.first { $0.tensor.dim > 0 }?.tensor.size(0) ?? 0) : rows.count }

    /// The batch with its tensors on `device`.
    ///
    /// - Parameters:
    ///   - device: Where to.
    ///   - nonBlocking: Whether the copy may go on while the program does (accelerate's `non_blocking`).
    public func to(device: Device, nonBlocking: Bool = true) -> Batch {
        var moved = self
        for (key, tensor) in entries { moved[key] = tensor.to(device: device, nonBlocking: nonBlocking) }
        return moved
    }
}

/// Where in training a batch stands.
public struct StepContext: Sendable, Hashable {
    /// Optimizer steps done before this one.
    public var globalStep: Int
    /// Place of the batch among those of the step.
    public var microBatch: Int
    /// `TrainingArguments.seed`.
    public var seed: Int
    /// Whether arithmetic may be reordered for speed, and padding skipped.
    public var isFast: Bool
    /// Whether the optimizer understands gradients that hold some rows of a table only.
    public var allowsSparseGradients: Bool
    /// Labels that count in the whole step, all its micro-batches together (Python's `num_items_in_batch`); nil outside
    /// training.
    public var labelCount: Int?

    public init(
        globalStep: Int, microBatch: Int, seed: Int, isFast: Bool, allowsSparseGradients: Bool = false,
        labelCount: Int? = nil
    ) {
        self.globalStep = globalStep
        self.microBatch = microBatch
        self.seed = seed
        self.isFast = isFast
        self.allowsSparseGradients = allowsSparseGradients
        self.labelCount = labelCount
    }
}

/// A batch without what a model needs.
public enum BatchError: Error, Hashable, CustomStringConvertible {
    case missing(String, available: [String])

    public var description: String {
        switch self {
        case .missing(let key, let available):
            "the batch has no '\(key)'; it has " + (available.isEmpty ? "nothing" : available.joined(separator: ", "))
        }
    }
}
