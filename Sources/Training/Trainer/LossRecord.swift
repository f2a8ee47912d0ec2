/// Adds up losses between logs, and over the run, as Python does: in float32 on the device, read when logged.
struct LossRecord {
    var lastLoggedStep = 0
    private var sum: Tensor?
    private var logged = 0.0
    private let action: NonFiniteLossAction
    private let filters: Bool

    init(_ arguments: TrainingArguments) {
        action = arguments.onNonFiniteLoss
        filters = arguments.loggingNanInfFilter
    }

    /// - Throws: ``TrainingError/nonFiniteLoss(value:step:rows:tensor:)`` where the arguments stop such runs.
    mutating func add(_ loss: Tensor, step: Int, group: [Batch], _ trainer: Trainer) throws {
        var counted = loss
        // On a GPU looking at the loss would wait for it; there it is looked at when logged.
        if loss.device.kind == .cpu, loss.isDefined, !loss.item().isFinite {
            guard action == .continue else {
                throw TrainingError.nonFiniteLoss(
                    value: loss.item().isNaN ? "NaN" : "infinite", step: step, rows: group.flatMap { $0.rows },
                    tensor: trainer.firstNonFiniteParameter())
            }
            if filters { counted = (sum ?? loss.zerosLike()) / Double(1 + step - lastLoggedStep) }
        }
        if let sum { sum.add_(counted) } else { sum = counted.clone() }
    }

    /// The mean since the last log.
    mutating func takeMean(step: Int) -> Double {
        let value = sum?.item() ?? 0
        logged += value
        let mean = value / Double(step - lastLoggedStep)
        sum = nil
        lastLoggedStep = step
        return mean
    }

    /// The mean of all steps of this run.
    func mean(steps: Int) -> Double { (logged + (sum?.item() ?? 0)) / max(Double(steps), 0.001) }
}

extension Trainer {
    /// Name of the first parameter with a number that is not finite; nil where all are finite.
    func firstNonFiniteParameter() -> String? {
        model.namedParameters().first { _, parameter in
            noGrad { parameter.isfinite().all().item() == 0 }
        }?.name
    }
}
