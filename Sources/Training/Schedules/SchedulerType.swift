/// How the learning rate changes over training, by Python's names. <doc:Schedules> has the formulas and options.
public enum SchedulerType: String, ArgumentChoice {
    /// Up during warm-up, then straight down to 0.
    case linear
    /// Up during warm-up, then down to 0 along half a cosine wave.
    case cosine
    /// As `cosine`, but several times from the learning rate to 0.
    case cosineWithRestarts = "cosine_with_restarts"
    /// Up during warm-up, then down to a last learning rate along a power of the steps left.
    case polynomial
    /// Always the learning rate; no warm-up.
    case constant
    /// Up during warm-up, then the learning rate.
    case constantWithWarmup = "constant_with_warmup"
    /// Up during warm-up, then as the inverse of the steps' square root.
    case inverseSqrt = "inverse_sqrt"
    /// The learning rate, lowered when a metric of the evaluations stops improving.
    case reduceLrOnPlateau = "reduce_lr_on_plateau"
    /// As `cosine`, but down to a smallest learning rate instead of 0.
    case cosineWithMinLr = "cosine_with_min_lr"
    /// As `cosineWithMinLr`, but warm-up begins above 0.
    case cosineWarmupWithMinLr = "cosine_warmup_with_min_lr"
    /// Up during warm-up, then the learning rate, then down over a last stretch.
    case warmupStableDecay = "warmup_stable_decay"
    /// Raised while a metric of the evaluations improves, lowered while it does not.
    case greedy

    /// Whether evaluations change the learning rate, not steps.
    public var followsEvaluations: Bool { self == .reduceLrOnPlateau || self == .greedy }
}
