public import Torch

/// Learning rates that change after an evaluation, by the metric it gave, and stay between evaluations: a value with the
/// state that `scheduler.pt` keeps.
///
/// `Trainer` calls ``begin(rates:)`` before the first step and ``step(_:rates:)`` after each evaluation of the loop but
/// that of `eval_on_start`, with the metric that `metric_for_best_model` names (the loss unless set). Rates are one for
/// each parameter group of the optimizer.
public protocol EvaluationSchedule: Sendable {
    /// Forgets what it has seen, and takes the rates before the first step.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` where it does not fit the number of groups.
    mutating func begin(rates: [Double]) throws
    /// Takes an evaluation's metric and the rates in use, and gives those from now on.
    mutating func step(_ metric: Double, rates: [Double]) -> [Double]
    /// What `scheduler.pt` holds: in Python's layout where Python has such a schedule.
    var state: PickleValue { get }
    /// Takes back `state`.
    ///
    /// - Returns: Rates to go on with where the state sets them; nil: those of the optimizer's state.
    /// - Throws: ``TrainingError/checkpoint(_:)`` where it is not the state of such a schedule.
    mutating func restore(_ state: PickleValue) throws -> [Double]?
}

/// Whether a lower or a higher metric is better.
public enum MetricDirection: String, Sendable, CaseIterable {
    case min, max
}

/// How much better a metric must be to count.
public enum ImprovementThreshold: Sendable, Hashable {
    /// By this share of the best one.
    case relative(Double)
    /// By this much.
    case absolute(Double)

    /// Whether `metric` is better than `best` by enough, in PyTorch's arithmetic.
    func isMet(_ metric: Double, best: Double, _ direction: MetricDirection) -> Bool {
        switch (direction, self) {
        case (.min, .relative(let share)): metric < best * (1 - share)
        case (.min, .absolute(let amount)): metric < best - amount
        case (.max, .relative(let share)): metric > best * (share + 1)
        case (.max, .absolute(let amount)): metric > best + amount
        }
    }

    var amount: Double {
        switch self {
        case .relative(let share): share
        case .absolute(let amount): amount
        }
    }

    /// PyTorch's `threshold_mode`.
    enum Mode: String, CaseIterable { case rel, abs }
    var mode: Mode { if case .relative = self { .rel } else { .abs } }
    init(_ amount: Double, _ mode: Mode) { self = mode == .rel ? .relative(amount) : .absolute(amount) }
}

/// A number for all parameter groups, or one for each.
public enum PerGroup: Sendable, Hashable {
    case all(Double)
    case each([Double])

    func values(_ count: Int, _ name: String) throws -> [Double] {
        switch self {
        case .all(let value): return Array(repeating: value, count: count)
        case .each(let values):
            guard values.count == count else {
                throw TrainingError.argument(
                    "\(name) has \(values.count) numbers, but the optimizer has \(count) parameter groups")
            }
            return values
        }
    }
}
