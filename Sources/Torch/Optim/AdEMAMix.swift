internal import Foundation

/// AdEMAMix (Pagliardini, Ablin and Grangier 2024): AdamW with a second, slow average of the gradients beside the fast one.
///
/// The arithmetic and the saved state are those of bitsandbytes with 32 bits, which Python's Trainer takes for `ademamix`.
public final class AdEMAMix: Optimizer {
    /// Of the fast average, the squared gradient's and the slow average.
    public let betas: (Double, Double, Double)
    /// The weight of the slow average in a step.
    public let alpha: Double
    public let eps: Double
    /// Steps over which `alpha` rises to its value; nil: none.
    public let alphaSteps: Int?
    /// Steps over which the slow average's beta rises from the fast one's; nil: none.
    public let beta3Steps: Int?
    private var averages: [ObjectIdentifier: State] = [:]

    private struct State {
        var steps: Int
        /// The fast and the slow average, one after the other.
        let both: Tensor
        let fast: Tensor
        let slow: Tensor
        let square: Tensor

        init(steps: Int, both: Tensor, square: Tensor) {
            self.steps = steps
            self.both = both
            fast = both.select(dim: 0, index: 0)
            slow = both.select(dim: 0, index: 1)
            self.square = square
        }
    }

    public init(
        groups: [ParameterGroup], betas: (Double, Double, Double) = (0.9, 0.999, 0.9999), alpha: Double = 5,
        eps: Double = 1e-8, alphaSteps: Int? = nil, beta3Steps: Int? = nil
    ) {
        self.betas = betas
        self.alpha = alpha
        self.eps = eps
        self.alphaSteps = alphaSteps
        self.beta3Steps = beta3Steps
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-3,
        betas: (Double, Double, Double) = (0.9, 0.999, 0.9999), alpha: Double = 5, eps: Double = 1e-8,
        weightDecay: Double = 0.01
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
            alpha: alpha, eps: eps)
    }

    public override func step() throws {
        try withTorchErrors {
            noGrad {
                for group in groups { step(group) }
            }
        }
    }

    private func step(_ group: ParameterGroup) {
        // Parameters that have taken as many steps go together: nearly always all.
        let trained = group.parameters.filter { $0.grad != nil }.map { ($0, advance($0)) }
        for (steps, items) in Dictionary(grouping: trained, by: { $0.1.steps }) {
            step(items.map { $0.0 }, items.map { $0.1 }, steps, group)
        }
    }

    private func step(_ parameters: [Tensor], _ states: [State], _ steps: Int, _ group: ParameterGroup) {
        let grads = parameters.compactMap { $0.grad }
        func average(_ averages: [Tensor], _ beta: Double) {
            Tensor.foreachMul_(averages, beta)
            Tensor.foreachAdd_(averages, grads, alpha: .double(1 - beta))
        }
        let (fast, slow, squares) = (states.map { $0.fast }, states.map { $0.slow }, states.map { $0.square })
        average(fast, betas.0)
        average(slow, slowBeta(steps))
        Tensor.foreachMul_(squares, betas.1)
        Tensor.foreachAddcmul_(squares, grads, grads, value: .double(1 - betas.1))

        if group.weightDecay != 0 { Tensor.foreachMul_(parameters, 1 - group.learningRate * group.weightDecay) }
        let updates = Tensor.foreachMul(fast, 1 / (1 - pow(betas.0, Double(steps))))
        Tensor.foreachAdd_(updates, slow, alpha: .double(slowWeight(steps)))
        let deviations = Tensor.foreachSqrt(squares)
        Tensor.foreachDiv_(deviations, (1 - pow(betas.1, Double(steps))).squareRoot())
        Tensor.foreachAdd_(deviations, eps)
        Tensor.foreachAddcdiv_(parameters, updates, deviations, value: .double(-group.learningRate))
    }

    private func slowWeight(_ steps: Int) -> Double {
        alphaSteps.map { min(Double(steps) * alpha / Double($0), alpha) } ?? alpha
    }

    private func slowBeta(_ steps: Int) -> Double {
        guard let beta3Steps else { return betas.2 }
        let (fast, slow, share) = (log(betas.0), log(betas.2), Double(steps) / Double(beta3Steps))
        return min(exp(fast * slow / ((1 - share) * slow + share * fast)), betas.2)
    }

    private func advance(_ parameter: Tensor) -> State {
        let id = ObjectIdentifier(parameter)
        var state =
            averages[id]
            ?? State(
                steps: 0,
                both: Tensor.zeros([2] + parameter.shape, dtype: parameter.dtype, device: parameter.device),
                square: parameter.zerosLike())
        state.steps += 1
        averages[id] = state
        return state
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("betas", .doubles([betas.0, betas.1, betas.2])), ("eps", .double(eps)), ("alpha", .double(alpha)),
            ("t_alpha", alphaSteps.map { .int($0) } ?? .none), ("t_beta3", beta3Steps.map { .int($0) } ?? .none),
            ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] { ["step", "state1", "state2"] }
    public override var integerStates: Set<String> { ["step"] }

    public override func stateShape(_ name: String, of parameter: Tensor) -> [Int] {
        name == "state1" ? [2] + parameter.shape : parameter.shape
    }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map {
            [("step", Self.stepTensor($0.steps)), ("state1", $0.both), ("state2", $0.square)]
        }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        let id = ObjectIdentifier(parameter)
        guard let both = Self.tensor("state1", in: state), let square = Self.tensor("state2", in: state) else {
            averages[id] = nil
            return
        }
        averages[id] = State(
            steps: Self.tensor("step", in: state)?.item(as: Int.self) ?? 0, both: both, square: square)
    }
}
