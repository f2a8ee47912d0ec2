public import OrderedJSON

/// When something happens during training: never, every so many optimizer steps, or at each epoch's end.
public enum IntervalStrategy: String, ArgumentChoice {
    case no, steps, epoch
}

/// When a checkpoint is saved: as `IntervalStrategy`, or whenever the best metric improves.
public enum SaveStrategy: String, ArgumentChoice {
    case no, steps, epoch, best
}

/// The order in which training rows are drawn.
public enum TrainSamplingStrategy: String, ArgumentChoice {
    /// A new order each epoch, from the seed and the epoch's number.
    case random
    /// The order of the data set.
    case sequential
    /// Rows of about the same length together; see ``LengthGroupedSampler``. Evaluation too.
    case groupByLength = "group_by_length"
    /// Micro-batches of about the same cost; see ``BatchRebalanceSampler``.
    case batchRebalance = "batch_rebalance"
}

/// What `computeMetrics` is given besides predictions and labels.
public enum MetricInput: String, ArgumentChoice {
    /// The model's main inputs.
    case inputs
    /// The loss of each row.
    case loss
}

/// Which arithmetic is used where speed and Python's exact numbers differ.
public enum Numerics: String, ArgumentChoice {
    /// May reorder arithmetic, skip padding and fuse operations.
    case fast
    /// Python's arithmetic and random streams.
    case reference
}

/// How the losses of accumulated batches are combined.
public enum LossScaling: String, ArgumentChoice {
    /// The mean over all rows or labels of a global batch, however it is split.
    case mean
    /// As Python's `Trainer` does, which for models like BERT multiplies the loss by the accumulation steps.
    case python
}

/// What happens when a loss is NaN or infinite.
public enum NonFiniteLossAction: String, ArgumentChoice {
    /// Training ends with an error that names the step and the rows.
    case stop
    /// Training goes on, as in Python; see `TrainingArguments.loggingNanInfFilter`.
    case `continue`
}

/// What happens when a checkpoint that is due cannot be saved, because the disk is full, say.
///
/// Stopping is the default: a disk that is full stays so, and a run that goes on without checkpoints loses all its work
/// when it is stopped later; nobody reads a warning in a log of the night. Where training is short, or the final weights are
/// what matters, it may go on: each later save is tried, and older checkpoints stay whole either way.
public enum SaveFailureAction: String, ArgumentChoice {
    /// Training ends with an error that names the reason and the newest checkpoint.
    case stop
    /// Training goes on with a warning, and saves again when the next checkpoint is due.
    case `continue`
}

/// When what is uploaded to the Hub, where `TrainingArguments.pushToHub` is set.
public enum HubStrategy: String, ArgumentChoice {
    /// The model and its card, when training is over and the caller says so.
    case end
    /// The model at each checkpoint too, in the background.
    case everySave = "every_save"
    /// The newest checkpoint too, into the folder `last-checkpoint`, so that training can be resumed elsewhere.
    case checkpoint
    /// Every checkpoint too, each into a folder of its own.
    case allCheckpoints = "all_checkpoints"
}

/// From which checkpoint training goes on.
public enum ResumeFromCheckpoint: ArgumentValue, ExpressibleByStringLiteral {
    /// The newest checkpoint in the output folder: a bare flag, or `true`.
    case latest
    /// This checkpoint folder, or the newest checkpoint in this output folder.
    case folder(String)

    public init(stringLiteral value: String) { self = .folder(value) }

    public init?(argument json: JSONValue) {
        switch json {
        case true: self = .latest
        case .string(let word) where word.lowercased() == "true": self = .latest
        case .string(let word) where !word.isEmpty: self = .folder(word)
        default: return nil
        }
    }
    public var argumentJSON: JSONValue {
        switch self {
        case .latest: true
        case .folder(let path): .string(path)
        }
    }
    public static var placeholder: String { "FOLDER" }
    public static var bareValue: JSONValue? { true }
    public static func meansNothing(_ word: String) -> Bool { ["none", "null", "false"].contains(word.lowercased()) }
}
