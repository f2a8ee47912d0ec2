public import Torch

/// PyTorch's `torch.optim.lr_scheduler.ReduceLROnPlateau`: lowers the learning rate when a metric has stopped improving.
public struct ReduceLROnPlateau: EvaluationSchedule, Hashable {
    public private(set) var mode: MetricDirection
    /// What a rate is multiplied by.
    public private(set) var factor: Double
    /// Evaluations without an improvement that are let pass.
    public private(set) var patience: Int
    public private(set) var threshold: ImprovementThreshold
    /// Evaluations after a reduction that do not count.
    public private(set) var cooldown: Int
    /// Rates are not lowered below.
    public let minLr: PerGroup
    /// Smaller changes are left out.
    public private(set) var eps: Double

    private var minLrs: [Double] = []
    private var best: Double
    private var badEvaluations = 0
    private var cooldownCounter = 0
    private var evaluations = 0
    private var lastRates: [Double] = []

    public init(
        mode: MetricDirection = .min, factor: Double = 0.1, patience: Int = 10,
        threshold: ImprovementThreshold = .relative(1e-4), cooldown: Int = 0, minLr: PerGroup = .all(0),
        eps: Double = 1e-8
    ) {
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.cooldown = cooldown
        self.minLr = minLr
        self.eps = eps
        best = Self.worst(mode)
    }

    private static func worst(_ mode: MetricDirection) -> Double { mode == .min ? .infinity : -.infinity }

    public mutating func begin(rates: [Double]) throws {
        minLrs = try minLr.values(rates.count, "min_lr")
        best = Self.worst(mode)
        (badEvaluations, cooldownCounter, evaluations) = (0, 0, 0)
        lastRates = rates
    }

    public mutating func step(_ metric: Double, rates: [Double]) -> [Double] {
        evaluations += 1
        if threshold.isMet(metric, best: best, mode) {
            best = metric
            badEvaluations = 0
        } else {
            badEvaluations += 1
        }
        if cooldownCounter > 0 {
            cooldownCounter -= 1
            badEvaluations = 0
        }
        lastRates = rates
        if badEvaluations > patience {
            lastRates = zip(rates, minLrs).map { rate, least in
                let lowered = max(rate * factor, least)
                return rate - lowered > eps ? lowered : rate
            }
            cooldownCounter = cooldown
            badEvaluations = 0
        }
        return lastRates
    }

    // MARK: What is saved

    public var state: PickleValue {
        var standard = PickleValue.none
        if case .all(let least) = minLr { standard = .pythonNumber(least) }
        return .named([
            ("factor", .float(factor)), ("default_min_lr", standard),
            ("min_lrs", .list(minLrs.map { .pythonNumber($0) })), ("patience", .int(patience)),
            ("cooldown", .int(cooldown)), ("eps", .float(eps)), ("last_epoch", .int(evaluations)),
            ("_last_lr", .list(lastRates.map { .float($0) })), ("mode_worse", .float(Self.worst(mode))),
            ("mode", .string(mode.rawValue)), ("threshold", .float(threshold.amount)),
            ("threshold_mode", .string(threshold.mode.rawValue)), ("best", .float(best)),
            ("cooldown_counter", .int(cooldownCounter)), ("num_bad_epochs", .int(badEvaluations)),
        ])
    }

    /// Takes settings and counts, as PyTorch does.
    public mutating func restore(_ state: PickleValue) throws -> [Double]? {
        let saved = SavedSchedule(state, kind: "reduce_lr_on_plateau")
        evaluations = try saved.integer("last_epoch")
        badEvaluations = try saved.integer("num_bad_epochs")
        cooldownCounter = try saved.integer("cooldown_counter")
        best = try saved.number("best")
        factor = try saved.number("factor")
        patience = try saved.integer("patience")
        cooldown = try saved.integer("cooldown")
        eps = try saved.number("eps")
        mode = try saved.choice("mode")
        threshold = ImprovementThreshold(try saved.number("threshold"), try saved.choice("threshold_mode"))
        minLrs = try saved.numbers("min_lrs", count: lastRates.count)
        lastRates = try saved.numbers("_last_lr", count: lastRates.count)
        return nil
    }
}
