/// Makes schedules by type: one entry for each.
public enum ScheduleRegistry {
    /// What a schedule may depend on.
    public struct Request: Sendable {
        public var warmupSteps: Int
        public var totalSteps: Int
        /// The highest learning rate.
        public var learningRate: Double
        /// The schedule's own options, by Python's names.
        public var options: KeywordArguments?

        public init(
            warmupSteps: Int, totalSteps: Int, learningRate: Double = 5e-5, options: KeywordArguments? = nil
        ) {
            self.warmupSteps = warmupSteps
            self.totalSteps = totalSteps
            self.learningRate = learningRate
            self.options = options
        }
    }

    /// The schedule of this type.
    ///
    /// - Throws: `TrainingArgumentsError.invalid` for options that are unknown or malformed; it names those there are.
    public static func schedule(
        _ type: SchedulerType, _ request: Request
    ) throws(TrainingArgumentsError) -> LearningRateSchedule {
        var options = OptionReader(argument: "lr_scheduler_kwargs", owner: type.rawValue, request.options)
        let schedule = entry(type)(request, &options)
        try options.finish()
        return schedule
    }

    private typealias Entry = (Request, inout OptionReader) -> LearningRateSchedule

    private static func entry(_ type: SchedulerType) -> Entry {
        switch type {
        case .linear: { request, _ in .linear(warmupSteps: request.warmupSteps, totalSteps: request.totalSteps) }
        case .constant: { _, _ in .constant }
        case .constantWithWarmup: { request, _ in .constantWithWarmup(warmupSteps: request.warmupSteps) }
        case .cosine: cosine
        case .cosineWithRestarts: cosineWithRestarts
        case .cosineWithMinLr: cosineWithMinLr
        case .cosineWarmupWithMinLr: cosineWarmupWithMinLr
        case .polynomial: polynomial
        case .inverseSqrt: inverseSqrt
        case .warmupStableDecay: warmupStableDecay
        case .reduceLrOnPlateau: reduceOnPlateau
        case .greedy: greedy
        }
    }

    // MARK: Entries: options as the functions of `transformers.optimization` take them

    private static func cosine(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        .cosine(
            warmupSteps: request.warmupSteps, totalSteps: request.totalSteps,
            cycles: options.number("num_cycles", 0.5))
    }

    private static func cosineWithRestarts(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        .cosineWithRestarts(
            warmupSteps: request.warmupSteps, totalSteps: request.totalSteps,
            cycles: options.number("num_cycles", 1, .notNegative))
    }

    private static func cosineWithMinLr(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        let cycles = options.number("num_cycles", 0.5)
        return .cosineWithMinimum(
            warmupSteps: request.warmupSteps, totalSteps: request.totalSteps, minimum: minimum(request, &options),
            cycles: cycles)
    }

    private static func cosineWarmupWithMinLr(
        _ request: Request, _ options: inout OptionReader
    ) -> LearningRateSchedule {
        let cycles = options.number("num_cycles", 0.5)
        let minimum = minimum(request, &options)
        return .cosineWarmupWithMinimum(
            warmupSteps: request.warmupSteps, totalSteps: request.totalSteps, minimum: minimum,
            warmupStart: options.optionalNumber("warmup_lr_rate", .share), cycles: cycles)
    }

    /// The smallest rate as a share of the highest.
    private static func minimum(_ request: Request, _ options: inout OptionReader) -> Double {
        let rate = options.optionalNumber("min_lr", .notNegative)
        let share = options.optionalNumber("min_lr_rate", .notNegative)
        if (rate == nil) == (share == nil), options.problems.isEmpty {
            options.refuse("\(options.owner) needs either min_lr or min_lr_rate")
        }
        if let rate, request.learningRate <= 0, options.problems.isEmpty {
            options.refuse("min_lr \(rate) needs a learning_rate above 0")
        }
        return share ?? rate.map { $0 / request.learningRate } ?? 0
    }

    private static func polynomial(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        let end = options.number("lr_end", 1e-7, .notNegative)
        let power = options.number("power", 1, .notNegative)
        if end >= request.learningRate {
            options.refuse("lr_end \(end) must be below the learning_rate \(request.learningRate)")
        }
        return .polynomial(
            warmupSteps: request.warmupSteps, totalSteps: request.totalSteps, learningRate: request.learningRate,
            end: end, power: power)
    }

    private static func inverseSqrt(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        .inverseSqrt(
            warmupSteps: request.warmupSteps, timescale: options.optionalNumber("timescale", .positive))
    }

    private static func warmupStableDecay(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        let decay = options.optionalInteger("num_decay_steps")
        let stable = options.optionalInteger("num_stable_steps")
        let shapes: (LearningRateSchedule.RampShape, LearningRateSchedule.RampShape) = (
            options.choice("warmup_type", .linear), options.choice("decay_type", .cosine)
        )
        let minimum = options.number("min_lr_ratio", 0, .notNegative)
        let cycles = options.number("num_cycles", 0.5)
        if decay == nil, options.problems.isEmpty { options.refuse("\(options.owner) needs num_decay_steps") }
        return .warmupStableDecay(
            warmupSteps: request.warmupSteps,
            stableSteps: stable ?? request.totalSteps - request.warmupSteps - (decay ?? 0), decaySteps: decay ?? 0,
            warmupShape: shapes.0, decayShape: shapes.1, minimum: minimum, cycles: cycles)
    }

    private static func reduceOnPlateau(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        LearningRateSchedule(
            name: options.owner,
            following: ReduceLROnPlateau(
                mode: options.choice("mode", .min), factor: options.number("factor", 0.1, .belowOne),
                patience: options.integer("patience", 10), threshold: threshold(&options, 1e-4, .rel),
                cooldown: options.integer("cooldown", 0), minLr: options.numbers("min_lr", 0),
                eps: options.number("eps", 1e-8, .notNegative)))
    }

    private static func greedy(_ request: Request, _ options: inout OptionReader) -> LearningRateSchedule {
        var settings = GreedyLR.Settings()
        settings.mode = options.choice("mode", settings.mode)
        settings.factor = options.number("factor", settings.factor, .betweenZeroAndOne)
        settings.patience = options.integer("patience", settings.patience)
        settings.threshold = threshold(&options, 1e-6, .abs)
        settings.cooldown = options.integer("cooldown", settings.cooldown)
        settings.warmup = options.integer("warmup", settings.warmup)
        settings.minLr = options.numbers("min_lr", 1e-3)
        settings.maxLr = options.numbers("max_lr", 1)
        settings.eps = options.number("eps", settings.eps, .notNegative)
        settings.smooth = options.flag("smooth", settings.smooth)
        settings.windowSize = options.integer("window_size", settings.windowSize, .atLeast(1))
        settings.resetStart = options.integer("reset_start", settings.resetStart)
        options.decline("verbose", "leave verbose out; the learning rate is logged")
        return LearningRateSchedule(name: options.owner, following: GreedyLR(settings))
    }

    private static func threshold(
        _ options: inout OptionReader, _ standard: Double, _ mode: ImprovementThreshold.Mode
    ) -> ImprovementThreshold {
        let amount = options.number("threshold", standard)
        return ImprovementThreshold(amount, options.choice("threshold_mode", mode))
    }
}

extension TrainingArguments {
    /// The learning-rate schedule of a run of `totalSteps` optimizer steps.
    ///
    /// - Parameters:
    ///   - totalSteps: Steps of the whole run.
    ///   - learningRate: The highest one; nil: the arguments'.
    /// - Throws: `TrainingArgumentsError.invalid` for options in `lrSchedulerKwargs` that do not fit.
    public func schedule(
        totalSteps: Int, learningRate: Double? = nil
    ) throws(TrainingArgumentsError) -> LearningRateSchedule {
        try ScheduleRegistry.schedule(
            lrSchedulerType,
            .init(
                warmupSteps: warmupStepCount(totalSteps: totalSteps), totalSteps: totalSteps,
                learningRate: learningRate ?? self.learningRate, options: lrSchedulerKwargs))
    }
}
