public import OrderedJSON

/// Stops training after `patience` evaluations without an improvement of the best-model metric by more than `threshold`.
public final class EarlyStoppingCallback: TrainerCallback {
    public let patience: Int
    public let threshold: Double
    private var counter = 0

    public init(earlyStoppingPatience patience: Int = 1, earlyStoppingThreshold threshold: Double = 0) {
        self.patience = patience
        self.threshold = threshold
    }

    public override var awaitsCheckpoint: Bool { false }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
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
        guard let value = metrics[name.hasPrefix("eval_") ? name : "eval_" + name] else { return }
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
        counter = state["attributes"]?["early_stopping_patience_counter"]?.intValue ?? 0
    }
}
