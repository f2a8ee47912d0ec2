/// Which parameters have had gradients so far.
///
/// PyTorch's optimizers leave a parameter without a gradient alone. In a slice of many parameters it gets a gradient of
/// zeros, which is the same only where nothing pulls at it: without weight decay, and for as long as it has never had one.
struct GradientHistory {
    private enum Past { case unknown, used, unused }

    private var past: [Past]

    init(count: Int) { past = [Past](repeating: .unknown, count: count) }

    /// Whether there is something in the optimizer's state for a parameter.
    func isUsed(_ index: Int) -> Bool { past[index] != .unused }

    /// What a checkpoint says.
    mutating func restore(isUsed: [Bool]) {
        past = isUsed.contains(true) ? isUsed.map { $0 ? .used : .unused } : isUsed.map { _ in .unknown }
    }

    /// - Parameters:
    ///   - hasGradient: For each parameter, whether any rank had a gradient in this step.
    ///   - optimizer: The one that takes the step.
    ///   - parameter: Name and weight decay of a parameter.
    /// - Throws: ``TrainingError/argument(_:)`` that names a parameter which zeros would change.
    mutating func add(
        _ hasGradient: [Bool], _ optimizer: Optimizer, _ parameter: (Int) -> (name: String, weightDecay: Double)
    ) throws {
        // Without any label in the whole step all gradients are zeros, as of ranks that share nothing out.
        guard hasGradient.contains(true) else { return }
        let hasState = (optimizer as? SGD)?.momentum != 0
        for (index, isUsed) in hasGradient.enumerated() {
            let (name, weightDecay) = parameter(index)
            if !isUsed, weightDecay != 0 {
                throw refusal(name, "and its weight decay of \(weightDecay) would change it")
            }
            if hasState {
                switch (past[index], isUsed) {
                case (.used, false):
                    throw refusal(name, "but had one before, and the optimizer's averages would change it")
                case (.unused, true):
                    throw TrainingError.argument(
                        "fsdp: the parameter \(name) has a gradient for the first time after steps without one, which an "
                            + "optimizer that is shared out has counted; leave fsdp out")
                default: break
                }
            }
            past[index] = isUsed ? .used : .unused
        }
    }

    private func refusal(_ name: String, _ why: String) -> TrainingError {
        .argument("fsdp: the parameter \(name) had no gradient in this step, \(why); freeze it, or leave fsdp out")
    }
}
