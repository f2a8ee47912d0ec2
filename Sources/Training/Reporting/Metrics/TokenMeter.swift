import OrderedJSON

extension Trainer {
    /// Adds a step's input tokens to the state where they are counted.
    func countTokens(_ group: [Batch]) throws {
        guard tokenMeter != nil else { return }
        let own = group.reduce(0) { $0 + (tokenMeter?.count($1) ?? 0) }
        state.numInputTokensSeen += ranks.areSeveral ? Int(try ranks.sum([Double(own)])[0]) : own
    }
}

/// Counts input tokens, as Python's `include_num_input_tokens_seen`.
struct TokenMeter {
    private let counting: TokenCounting
    private var started = ContinuousClock.now
    /// Tokens seen when this call of `train` began.
    private var first = 0
    private var hasWarned = false
    /// Whether the record that is logged now is one of a step, which tells the speed too.
    var logsSpeed = false

    /// Nil where the arguments do not ask for it.
    init?(_ arguments: TrainingArguments) {
        guard arguments.includeNumInputTokensSeen != .no else { return nil }
        counting = arguments.includeNumInputTokensSeen
    }

    mutating func begin(_ state: TrainerState) {
        started = ContinuousClock.now
        first = state.numInputTokensSeen
    }

    /// Input tokens of a batch that lies on the CPU.
    mutating func count(_ batch: Batch) -> Int {
        guard let inputs = batch[.inputIds] else {
            warn("the batches have no input_ids, so tokens are not counted")
            return 0
        }
        guard counting == .nonPadding else { return inputs.numel }
        if let lengths = batch.lengths { return lengths.reduce(0, +) }
        if let mask = batch[.attentionMask] { return Int(mask.sum().item()) }
        warn("the batches do not tell padding from tokens, so all are counted")
        return inputs.numel
    }

    /// Adds the count to a log record, and the speed of training where it is one of a step.
    func add(to record: inout Metrics, _ state: TrainerState) {
        record.set("num_input_tokens_seen", .int(state.numInputTokensSeen))
        guard logsSpeed else { return }
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        record.merge(SpeedMetrics.tokens(seconds: seconds, tokens: state.numInputTokensSeen - first))
    }

    private mutating func warn(_ text: String) {
        if !hasWarned { Warnings.warn(text) }
        hasWarned = true
    }
}
