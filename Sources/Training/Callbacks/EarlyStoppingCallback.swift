public import OrderedJSON

/// Stops training after `patience` evaluations without an improvement of the best-model metric by more than `threshold`.
///
/// The count is kept in checkpoints; a resumed run goes on with it where `restoreCallbackStatesFromCheckpoint` is set, as in
/// Python.
public final class EarlyStoppingCallback: TrainerCallback {
    public private(set) var patience: Int
    public private(set) var threshold: Double
    /// Evaluations in a row without an improvement.
    public private(set) var counter = 0

    /// - Parameters:
    ///   - patience: Evaluations without an improvement before training stops. Default 1.
    ///   - threshold: What the metric must improve by, strictly more. Default 0.
    public init(earlyStoppingPatience patience: Int = 1, earlyStoppingThreshold threshold: Double = 0) {
        self.patience = patience
        self.threshold = threshold
    }

    public override var awaitsCheckpoint: Bool { false }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        if !context.arguments.loadBestModelAtEnd {
            Warnings.warn(
                "early stopping without load_best_model_at_end: the last model is kept, not the best")
        }
        guard context.arguments.effectiveMetricForBestModel != nil else {
            throw TrainingError.argument("early stopping needs metric_for_best_model")
        }
        guard context.arguments.evalStrategy != .no else {
            throw TrainingError.argument("early stopping needs an eval_strategy other than no")
        }
    }

    public override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws
    {
        guard let name = context.arguments.effectiveMetricForBestModel else { return }
        let key = name.hasPrefix("eval_") ? name : "eval_" + name
        guard let value = metrics[key] else {
            Warnings.warn("early stopping does nothing: the evaluation gave no \(key)")
            return
        }
        let higher = context.arguments.effectiveGreaterIsBetter ?? false
        let improved =
            context.state.bestMetric.map { (higher ? value > $0 : value < $0) && abs(value - $0) > threshold } ?? true
        counter = improved ? 0 : counter + 1
        if counter >= patience { control.shouldTrainingStop = true }
    }

    public override var exportedState: (name: String, state: JSONValue)? {
        (
            "EarlyStoppingCallback",
            [
                "args": [
                    "early_stopping_patience": .int(patience), "early_stopping_threshold": .double(threshold),
                ],
                "attributes": ["early_stopping_patience_counter": .int(counter)],
            ]
        )
    }

    public override func restore(_ state: JSONValue) {
        let arguments = state["args"]
        patience = arguments?["early_stopping_patience"]?.intValue ?? patience
        threshold = arguments?["early_stopping_threshold"]?.doubleValue ?? threshold
        counter = state["attributes"]?["early_stopping_patience_counter"]?.intValue ?? 0
    }
}
