/// How the learning rate changes over training, by Python's names.
public enum SchedulerType: String, ArgumentChoice {
    /// Up during warm-up, then straight down to 0.
    case linear
    /// Up during warm-up, then down to 0 along half a cosine wave.
    case cosine
    /// Always the learning rate; no warm-up.
    case constant
    /// Up during warm-up, then the learning rate.
    case constantWithWarmup = "constant_with_warmup"

    public static var valuesToCome: [String] {
        [
            "cosine_with_restarts", "polynomial", "inverse_sqrt", "reduce_lr_on_plateau", "cosine_with_min_lr",
            "cosine_warmup_with_min_lr", "warmup_stable_decay", "greedy",
        ]
    }
}
