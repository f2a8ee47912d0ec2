/// How the learning rate changes: by a factor for each step, a pure function evaluated as Python's `LambdaLR` does it, so
/// that learning rates are the same to the last bit; or, where there is an ``evaluations``, after each evaluation.
public struct LearningRateSchedule: Sendable {
    /// The schedule's name, as in `lr_scheduler_type`.
    public let name: String
    /// Whether Python writes an empty dictionary for the schedule's function into `scheduler.pt` (a `functools.partial`
    /// of the step) instead of `None` (a plain function).
    public let hasPartialState: Bool
    /// What changes the learning rate after an evaluation; nil where steps alone do.
    public internal(set) var evaluations: (any EvaluationSchedule)?
    private let function: @Sendable (Int) -> Double

    public init(name: String, hasPartialState: Bool = true, factor: @escaping @Sendable (Int) -> Double) {
        self.name = name
        self.hasPartialState = hasPartialState
        function = factor
    }

    /// A schedule that follows the evaluations' `metric_for_best_model` (the loss unless set).
    public init(name: String, following evaluations: any EvaluationSchedule) {
        self.init(name: name) { _ in 1 }
        self.evaluations = evaluations
    }

    /// The factor for the optimizer step after `step` completed ones: 0 before the first. 1 where evaluations change the
    /// learning rate.
    public func factor(_ step: Int) -> Double { function(step) }

    /// The learning rate at `step`, from the highest one.
    public func learningRate(_ step: Int, base: Double) -> Double { base * function(step) }

    /// The warm-up that most schedules have: from 0 to 1.
    static func warmup(_ step: Int, _ warmupSteps: Int) -> Double {
        Double(step) / Double(max(1, warmupSteps))
    }

    /// Which part of the steps after warm-up is done.
    static func progress(_ step: Int, _ warmupSteps: Int, _ totalSteps: Int) -> Double {
        Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
    }
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
}
