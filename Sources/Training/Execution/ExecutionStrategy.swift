/// How one optimizer step is carried out: forward and backward passes of its micro-batches, clipping, the optimizer.
///
/// The seam for other ways than one process with libtorch.
public protocol ExecutionStrategy: AnyObject {
    /// Carries out a step over all its micro-batches.
    ///
    /// - Parameters:
    ///   - group: On the CPU; the micro-batches of one step.
    ///   - events: Called in between, in Python's order.
    /// - Throws: `TorchError`, ``TrainingError``, or what the model throws.
    func step(_ group: [Batch], events: StepEvents) throws -> StepResult
}

/// What a strategy calls while a step runs.
public struct StepEvents {
    public var substepEnd: () throws -> Void
    public var preOptimizerStep: () throws -> Void
    public var optimizerStep: () throws -> Void

    public init(
        substepEnd: @escaping () throws -> Void, preOptimizerStep: @escaping () throws -> Void,
        optimizerStep: @escaping () throws -> Void
    ) {
        self.substepEnd = substepEnd
        self.preOptimizerStep = preOptimizerStep
        self.optimizerStep = optimizerStep
    }
}

/// What a step gives, still on the device.
public struct StepResult {
    /// Losses of the micro-batches, scaled and added up; 0-d.
    public let loss: Tensor
    /// Norm of the gradients before clipping.
    public let gradientNorm: GradientNorm
    /// Whether the parameters were changed: not where scaled gradients overflowed.
    public let isStepTaken: Bool

    public init(loss: Tensor, gradientNorm: GradientNorm, isStepTaken: Bool = true) {
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.isStepTaken = isStepTaken
    }
}

/// The norm of a step's gradients: known, or still on the device.
public enum GradientNorm {
    case value(Double)
    case tensor(Tensor)

    /// Waits for the device where it must.
    public func item() -> Double {
        switch self {
        case .value(let value): value
        case .tensor(let tensor): tensor.item()
        }
    }
}
