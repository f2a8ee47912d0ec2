internal import Foundation

/// What the learning rate is multiplied by at each step: a pure function, evaluated as Python's `LambdaLR` does it, so
/// that learning rates are the same to the last bit.
public struct LearningRateSchedule: Sendable {
    /// The schedule's name, as in `lr_scheduler_type`.
    public let name: String
    /// Whether Python writes an empty dictionary for the schedule's function into `scheduler.pt` (a `functools.partial`
    /// of the step) instead of `None` (a plain function).
    public let hasPartialState: Bool
    private let function: @Sendable (Int) -> Double

    public init(name: String, hasPartialState: Bool = true, factor: @escaping @Sendable (Int) -> Double) {
        self.name = name
        self.hasPartialState = hasPartialState
        function = factor
    }

    /// The factor for the optimizer step after `step` completed ones: 0 before the first.
    public func factor(_ step: Int) -> Double { function(step) }

    /// The learning rate at `step`, from the highest one.
    public func learningRate(_ step: Int, base: Double) -> Double { base * function(step) }
}

extension LearningRateSchedule {
    /// Always 1.
    public static var constant: Self {
        Self(name: SchedulerType.constant.rawValue, hasPartialState: false) { _ in 1 }
    }

    /// From 0 to 1 over `warmupSteps`, then 1.
    public static func constantWithWarmup(warmupSteps: Int) -> Self {
        Self(name: SchedulerType.constantWithWarmup.rawValue) { step in
            step < warmupSteps ? warmup(step, warmupSteps) : 1
        }
    }

    /// From 0 to 1 over `warmupSteps`, then straight down to 0 at `totalSteps`, and 0 from there.
    public static func linear(warmupSteps: Int, totalSteps: Int) -> Self {
        Self(name: SchedulerType.linear.rawValue) { step in
            if step < warmupSteps { return warmup(step, warmupSteps) }
            return max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps)))
        }
    }

    /// From 0 to 1 over `warmupSteps`, then along `cycles` cosine waves; half a wave ends at 0. Beyond `totalSteps` the
    /// wave goes on, as in Python.
    public static func cosine(warmupSteps: Int, totalSteps: Int, cycles: Double = 0.5) -> Self {
        Self(name: SchedulerType.cosine.rawValue) { step in
            if step < warmupSteps { return warmup(step, warmupSteps) }
            let progress = Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
            return max(0, 0.5 * (1 + cos(.pi * cycles * 2 * progress)))
        }
    }

    private static func warmup(_ step: Int, _ warmupSteps: Int) -> Double {
        Double(step) / Double(max(1, warmupSteps))
    }
}
