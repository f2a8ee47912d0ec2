public import Torch

/// `transformers.optimization.GreedyLR`: raises the learning rate while a metric improves and lowers it while it does not.
public struct GreedyLR: EvaluationSchedule, Hashable {
    /// Everything that can be chosen, with Python's defaults.
    public struct Settings: Sendable, Hashable {
        public var mode = MetricDirection.min
        /// What a rate is multiplied by to lower it, and divided by to raise it; above 0, below 1.
        public var factor = 0.95
        /// Improvements, or evaluations without one, in a row that are let pass.
        public var patience = 10
        public var threshold = ImprovementThreshold.absolute(1e-6)
        /// Evaluations after a reduction that do not count.
        public var cooldown = 0
        /// Evaluations after a rise that do not count.
        public var warmup = 0
        public var minLr = PerGroup.all(1e-3)
        public var maxLr = PerGroup.all(1)
        /// Smaller changes are left out.
        public var eps = 1e-8
        /// Whether means of the last `windowSize` metrics are compared.
        public var smooth = false
        public var windowSize = 50
        /// Reductions at the lowest rates after which all begins anew.
        public var resetStart = 500

        public init() {}
    }

    public private(set) var settings: Settings
    private var minLrs: [Double] = []
    private var maxLrs: [Double] = []
    private var firstRates: [Double] = []
    private var lastRates: [Double] = []
    private var best = 0.0
    private var (badEvaluations, goodEvaluations, evaluations) = (0, 0, 0)
    private var (cooldownCounter, warmupCounter, resetCounter) = (0, 0, 0)
    private var window = Window()

    /// A sum that follows the last values, as Python keeps it.
    private struct Window: Hashable {
        var values: [Double] = []
        var sum = 0.0

        mutating func mean(adding value: Double, size: Int) -> Double {
            values.append(value)
            sum += value
            if values.count > size { sum -= values.removeFirst() }
            return sum / Double(values.count)
        }
    }

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        forget()
    }

    private mutating func forget() {
        best = settings.mode == .min ? .infinity : -.infinity
        (badEvaluations, goodEvaluations) = (0, 0)
        (cooldownCounter, warmupCounter, resetCounter) = (0, 0, settings.resetStart)
        window = Window()
    }

    public mutating func begin(rates: [Double]) throws {
        minLrs = try settings.minLr.values(rates.count, "min_lr")
        maxLrs = try settings.maxLr.values(rates.count, "max_lr")
        (firstRates, lastRates, evaluations) = (rates, rates, 0)
        forget()
    }

    public mutating func step(_ metric: Double, rates: [Double]) -> [Double] {
        let current = settings.smooth ? window.mean(adding: metric, size: settings.windowSize) : metric
        evaluations += 1
        lastRates = rates
        if cooldownCounter > 0 || warmupCounter > 0 {
            if cooldownCounter > 0 { cooldownCounter -= 1 } else { warmupCounter -= 1 }
            (badEvaluations, goodEvaluations) = (0, 0)
            return lastRates
        }
        if settings.threshold.isMet(current, best: best, settings.mode) {
            best = current
            (badEvaluations, goodEvaluations) = (0, goodEvaluations + 1)
        } else {
            (badEvaluations, goodEvaluations) = (badEvaluations + 1, 0)
        }
        if goodEvaluations > settings.patience {
            raise()
            warmupCounter = settings.warmup
            goodEvaluations = 0
        } else if badEvaluations > settings.patience {
            lower()
            cooldownCounter = settings.cooldown
            badEvaluations = 0
        }
        return lastRates
    }

    private mutating func raise() {
        for index in lastRates.indices {
            let raised = min(lastRates[index] / settings.factor, maxLrs[index])
            if raised - lastRates[index] > settings.eps { lastRates[index] = raised }
        }
        resetCounter = settings.resetStart
    }

    private mutating func lower() {
        for index in lastRates.indices {
            let lowered = max(lastRates[index] * settings.factor, minLrs[index])
            if lastRates[index] - lowered > settings.eps { lastRates[index] = lowered }
        }
        guard zip(lastRates, minLrs).allSatisfy({ $0 <= $1 }) else { return }
        resetCounter -= 1
        guard resetCounter <= 0 else { return }
        lastRates = firstRates
        forget()
    }

    // MARK: What is saved

    public var state: PickleValue {
        var entries: [(String, PickleValue)] = [
            ("factor", .float(settings.factor)), ("min_lrs", .list(minLrs.map { .pythonNumber($0) })),
            ("max_lrs", .list(maxLrs.map { .float($0) })), ("patience", .int(settings.patience)),
            ("verbose", .bool(false)), ("cooldown", .int(settings.cooldown)), ("warmup", .int(settings.warmup)),
            ("cooldown_counter", .int(cooldownCounter)), ("warmup_counter", .int(warmupCounter)),
            ("mode", .string(settings.mode.rawValue)), ("threshold", .float(settings.threshold.amount)),
            ("threshold_mode", .string(settings.threshold.mode.rawValue)), ("best", .float(best)),
            ("num_bad_epochs", .int(badEvaluations)), ("num_good_epochs", .int(goodEvaluations)),
            ("eps", .float(settings.eps)), ("last_epoch", .int(evaluations)), ("smooth", .bool(settings.smooth)),
            ("window_size", .int(settings.windowSize)), ("reset_start", .int(resetCounter)),
            ("reset_start_original", .int(settings.resetStart)), ("_last_lr", .list(lastRates.map { .float($0) })),
            ("_init_lrs", .list(firstRates.map { .float($0) })),
        ]
        if settings.smooth {
            entries.append(
                (
                    "_streaming_avg",
                    .named([
                        ("window_size", .int(settings.windowSize)), ("values", .list(window.values.map { .float($0) })),
                        ("sum", .float(window.sum)),
                    ])
                ))
        }
        return .named(entries)
    }

    /// Takes settings, counts and rates, as Python does.
    public mutating func restore(_ state: PickleValue) throws -> [Double]? {
        let saved = SavedSchedule(state, kind: "greedy")
        try restoreSettings(saved)
        minLrs = try saved.numbers("min_lrs", count: lastRates.count)
        maxLrs = try saved.numbers("max_lrs", count: lastRates.count)
        best = try saved.number("best")
        badEvaluations = try saved.integer("num_bad_epochs")
        goodEvaluations = try saved.integer("num_good_epochs")
        cooldownCounter = try saved.integer("cooldown_counter")
        warmupCounter = try saved.integer("warmup_counter")
        resetCounter = try saved.integer("reset_start")
        evaluations = try saved.integer("last_epoch")
        if saved.has("_streaming_avg") {
            let part = try saved.part("_streaming_avg")
            window = Window(values: try part.numbers("values"), sum: try part.number("sum"))
        }
        firstRates = try saved.numbers("_init_lrs", count: lastRates.count)
        lastRates = try saved.numbers("_last_lr", count: lastRates.count)
        return lastRates
    }

    private mutating func restoreSettings(_ saved: SavedSchedule) throws {
        settings.mode = try saved.choice("mode")
        settings.factor = try saved.number("factor")
        settings.patience = try saved.integer("patience")
        settings.threshold = ImprovementThreshold(try saved.number("threshold"), try saved.choice("threshold_mode"))
        settings.cooldown = try saved.integer("cooldown")
        settings.warmup = try saved.integer("warmup")
        settings.eps = try saved.number("eps")
        settings.smooth = try saved.flag("smooth")
        settings.windowSize = try saved.integer("window_size")
        settings.resetStart = try saved.integer("reset_start_original")
    }
}
