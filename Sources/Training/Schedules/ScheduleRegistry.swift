/// Makes schedules by type: one entry for each.
public enum ScheduleRegistry {
    /// What a schedule may depend on.
    public struct Request: Sendable {
        public var warmupSteps: Int
        public var totalSteps: Int

        public init(warmupSteps: Int, totalSteps: Int) {
            self.warmupSteps = warmupSteps
            self.totalSteps = totalSteps
        }
    }

    /// The schedule of this type.
    public static func schedule(_ type: SchedulerType, _ request: Request) -> LearningRateSchedule {
        switch type {
        case .linear: .linear(warmupSteps: request.warmupSteps, totalSteps: request.totalSteps)
        case .cosine: .cosine(warmupSteps: request.warmupSteps, totalSteps: request.totalSteps)
        case .constant: .constant
        case .constantWithWarmup: .constantWithWarmup(warmupSteps: request.warmupSteps)
        }
    }
}

extension TrainingArguments {
    /// The learning-rate schedule of a run of `totalSteps` optimizer steps.
    public func schedule(totalSteps: Int) -> LearningRateSchedule {
        ScheduleRegistry.schedule(
            lrSchedulerType, .init(warmupSteps: warmupStepCount(totalSteps: totalSteps), totalSteps: totalSteps))
    }
}
