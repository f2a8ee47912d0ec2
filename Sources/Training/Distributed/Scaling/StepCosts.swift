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
    public var gradients: [GradientBuckets.Gradient]

    public init(
        forward: Double, backward: Double, update: Double, microBatches: Int = 1, samples: Int,
        gradients: [GradientBuckets.Gradient]
    ) {
        self.forward = forward
        self.backward = backward
        self.update = update
        self.microBatches = microBatches
        self.samples = samples
        self.gradients = gradients
    }

    /// A step of one rank alone.
    public var total: Double { Double(microBatches) * (forward + backward) + update }
}
