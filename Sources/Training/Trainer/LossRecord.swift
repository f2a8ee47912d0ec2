/// Adds up losses between logs, and over the run, as Python does: in float32 on the device, read when logged.
struct LossRecord {
    var lastLoggedStep = 0
    private var sum: Sum?
    private var logged = 0.0
    private let action: NonFiniteLossAction
    private let filters: Bool

    init(_ arguments: TrainingArguments) {
        action = arguments.onNonFiniteLoss
        // What stops the run must be seen; with a loss scale steps that overflow are left out anyway.
        filters = arguments.loggingNanInfFilter && (action == .continue || arguments.fp16)
    }

    /// The same numbers either way; on the CPU an operator would cost more than the addition.
    private enum Sum {
        case host(Float)
        case device(Tensor)

        func item() -> Double {
            switch self {
            case .host(let value): Double(value)
            case .device(let tensor): tensor.item()
            }
        }
    }

    /// - Parameter step: Steps done before this one.
    mutating func add(_ loss: Tensor, step: Int) {
        let steps = 1 + step - lastLoggedStep
        // Looking at a loss on a GPU would wait for it.
        if loss.isDefined, loss.device.kind == .cpu, loss.dtype == .float32, loss.numel == 1 {
            addOnHost(Float(loss.item()), steps)
        } else {
            addOnDevice(loss, steps)
        }
    }

    private mutating func addOnHost(_ loss: Float, _ steps: Int) {
        let before = sum.map { Float($0.item()) } ?? 0
        let counted = filters && !loss.isFinite ? before / Float(steps) : loss
        sum = .host(sum == nil ? counted : before + counted)
    }

    private mutating func addOnDevice(_ loss: Tensor, _ steps: Int) {
        let before: Tensor? =
            switch sum {
            case .device(let tensor): tensor
            // Losses of two kinds in one run: the sum goes on as the later kind.
            case .host(let value): loss.zerosLike() + Double(value)
            case nil: nil
            }
        var counted = loss
        if filters, loss.isDefined {
            let replacement = (before ?? loss.zerosLike()) / Double(steps)
            counted = loss.maskedFill(loss.isfinite().logicalNot(), replacement)
        }
        sum = .device(before?.add_(counted) ?? counted.clone())
    }

    /// Looks at what was added up since the last log; waits for the device.
    ///
    /// - Throws: ``TrainingError/nonFiniteLoss(value:step:rows:tensor:)`` where the arguments stop such runs.
    func check(step: Int, _ trainer: Trainer) throws {
        guard action == .stop, trainer.gradScaler == nil, let value = sum?.item(), !value.isFinite else { return }
        throw TrainingError.nonFiniteLoss(
            value: value.isNaN ? "NaN" : "infinite", step: step, rows: [], tensor: trainer.firstNonFiniteTensor())
    }

    /// The mean since the last log.
    mutating func takeMean(step: Int, over ranks: Ranks) throws -> Double {
        let value = try ranks.mean(sum?.item() ?? 0)
        logged += value
        let mean = value / Double(step - lastLoggedStep)
        sum = nil
        lastLoggedStep = step
        return mean
    }

    /// The mean of all steps of this run.
    func mean(steps: Int, over ranks: Ranks) throws -> Double {
        (logged + (try ranks.mean(sum?.item() ?? 0))) / max(Double(steps), 0.001)
    }
}

extension Trainer {
    /// Stops before the optimizer spoils the parameters. On a GPU looking would wait for the loss; there it is looked at
    /// before anything is logged or saved.
    func checkFinite(_ loss: Tensor, _ batch: Batch) throws {
        // A scaler leaves such steps out by itself.
        guard arguments.onNonFiniteLoss == .stop, gradScaler == nil, loss.device.kind == .cpu else { return }
        let value = loss.item()
        guard !value.isFinite else { return }
        throw TrainingError.nonFiniteLoss(
            value: value.isNaN ? "NaN" : "infinite", step: state.globalStep + 1, rows: batch.rows,
            tensor: firstNonFiniteTensor())
    }

    /// The first parameter, or gradient, with a number that is not finite; nil where all are finite.
    func firstNonFiniteTensor() -> String? {
        func isSpoilt(_ tensor: Tensor) -> Bool {
            noGrad { (tensor.isSparse ? tensor.coalesce().values() : tensor).isfinite().all().item() == 0 }
        }
        // Those of other ranks are looked at there.
        let parameters = model.namedParameters().filter { $0.parameter.isInMemory }
        if let name = parameters.first(where: { isSpoilt($0.parameter) })?.name { return name }
        return parameters.first { $0.parameter.grad.map(isSpoilt) ?? false }.map { "the gradient of \($0.name)" }
    }
}
