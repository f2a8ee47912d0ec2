public import Foundation
internal import OrderedJSON

/// Values that follow from the arguments, as Python derives them.
extension TrainingArguments {
    /// `outputDir` with `~` replaced by the home folder.
    public var outputFolder: URL {
        let path = outputDir.hasPrefix("~") ? (outputDir as NSString).expandingTildeInPath : outputDir
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    /// The arguments as they may be shown: secrets are replaced by their name, as in Python.
    var publicConfiguration: JSONObject {
        var object = configuration
        for (name, value) in object.members where name.hasSuffix("_token") && value != .null {
            object[name] = .string("<\(name.uppercased())>")
        }
        return object
    }

    /// The steps between two evaluations: `evalSteps`, or `loggingSteps` if that is nil or 0.
    public var effectiveEvalSteps: Double { evalSteps.flatMap { $0 == 0 ? nil : $0 } ?? loggingSteps }

    /// The metric that says which checkpoint is best, and that `reduce_lr_on_plateau` and `greedy` follow; `loss` where
    /// one is wanted and none is named.
    public var effectiveMetricForBestModel: String? {
        metricForBestModel ?? (loadBestModelAtEnd || lrSchedulerType.followsEvaluations ? "loss" : nil)
    }

    /// Whether a higher metric is better: unless set, where the metric's name does not end in `loss`; nil without a
    /// metric.
    public var effectiveGreaterIsBetter: Bool? {
        greaterIsBetter ?? effectiveMetricForBestModel.map { !$0.hasSuffix("loss") }
    }

    /// The seed of the data's order.
    public var effectiveDataSeed: Int { dataSeed ?? seed }

    /// How many steps of a run of `totalSteps` are warm-up: whole steps from 1, a share of the run below 1.
    public func warmupStepCount(totalSteps: Int) -> Int {
        warmupSteps >= 1 ? Int(warmupSteps) : Int((Double(totalSteps) * warmupSteps).rounded(.up))
    }

    /// The steps between two logs in a run of `totalSteps`.
    public func loggingInterval(totalSteps: Int) -> Int { Self.interval(loggingSteps, of: totalSteps) }

    /// The steps between two evaluations in a run of `totalSteps`. Python records 500 where evaluation does not go by
    /// steps and `evalSteps` is nil.
    public func evalInterval(totalSteps: Int) -> Int {
        if evalStrategy == .steps { return Self.interval(effectiveEvalSteps, of: totalSteps) }
        return evalSteps.map { Self.interval($0, of: totalSteps) } ?? 500
    }

    /// The steps between two checkpoints in a run of `totalSteps`; 0 for the last step only.
    public func saveInterval(totalSteps: Int) -> Int { Self.interval(saveSteps, of: totalSteps) }

    /// Below 1, a share of all steps, rounded up.
    private static func interval(_ steps: Double, of totalSteps: Int) -> Int {
        Int(exactly: (steps < 1 ? Double(totalSteps) * steps : steps).rounded(.up)) ?? .max
    }
}
