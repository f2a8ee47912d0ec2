/// What an optimizer step costs one rank, in seconds.
public struct StepCosts: Hashable, Sendable {
    /// The forward pass of one micro-batch.
    public var forward: Double
    /// The backward pass of one micro-batch.
    public var backward: Double
    /// All that follows: clipping, the optimizer, what happens between steps.
    public var update: Double
    /// Micro-batches of a step; gradients are exchanged in the last one's backward pass.
    public var microBatches: Int
    /// Rows of a step.
    public var samples: Int
    /// Those that the backward pass sends.
    public var gradients: [GradientBuckets.Gradient]
    /// What is sent after it. Default none.
    public var tables: [RowTable]

    public init(
        forward: Double, backward: Double, update: Double, microBatches: Int = 1, samples: Int,
        gradients: [GradientBuckets.Gradient], tables: [RowTable] = []
    ) {
        self.forward = forward
        self.backward = backward
        self.update = update
        self.microBatches = microBatches
        self.samples = samples
        self.gradients = gradients
        self.tables = tables
    }

    /// A step of one rank alone.
    public var total: Double { Double(microBatches) * (forward + backward) + update }
}

/// A table of which a step uses few rows, whose gradient goes to the other ranks row by row; see ``ModelWithRowGradients``.
public struct RowTable: Hashable, Sendable {
    /// The whole table.
    public var bytes: Int
    /// The rows that a step of one rank uses, with their numbers.
    public var rowBytes: Int

    public init(bytes: Int, rowBytes: Int) {
        self.bytes = bytes
        self.rowBytes = rowBytes
    }

    /// Seconds in which it is exchanged.
    func seconds(_ interconnect: Interconnect, ranks: Int) -> Double {
        RowExchange.sendsWhole(rowBytes: rowBytes, tableBytes: bytes, ranks: ranks)
            ? interconnect.allReduceSeconds(bytes: bytes, ranks: ranks)
            : interconnect.allGatherSeconds(bytes: rowBytes, ranks: ranks)
    }
}
