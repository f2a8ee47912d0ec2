/// RMSprop (Hinton 2012) as PyTorch's `torch.optim.RMSprop`, with its operators in its order, so its results bit for bit.
public final class RMSprop: Optimizer {
    public let momentum: Double
    /// How slowly the squared average forgets.
    public let alpha: Double
    public let eps: Double
    /// Whether the gradient is divided by an estimate of its deviation (Graves 2013) instead of its root mean square.
    public let centered: Bool
    private var averages: [ObjectIdentifier: State] = [:]

    private struct State {
        var steps: Int
        let squareAvg: Tensor
        let momentumBuffer: Tensor?
        let gradAvg: Tensor?
    }

    public init(
        groups: [ParameterGroup], momentum: Double = 0, alpha: Double = 0.99, eps: Double = 1e-8,
        centered: Bool = false
    ) {
        self.momentum = momentum
        self.alpha = alpha
        self.eps = eps
        self.centered = centered
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-2, momentum: Double = 0, alpha: Double = 0.99,
        eps: Double = 1e-8, weightDecay: Double = 0, centered: Bool = false
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)],
            momentum: momentum, alpha: alpha, eps: eps, centered: centered)
    }

    public override func step() throws {
        try withTorchErrors {
            noGrad {
                for group in groups { step(group) }
            }
        }
    }

    private func step(_ group: ParameterGroup) {
        let trained = group.parameters.filter { $0.grad != nil }
        guard !trained.isEmpty else { return }
        let states = trained.map { advance($0) }
        var grads = trained.compactMap { $0.grad }
        if group.weightDecay != 0 { grads = Tensor.foreachAdd(grads, trained, alpha: .double(group.weightDecay)) }
        let squares = states.map { $0.squareAvg }
        Tensor.foreachMul_(squares, alpha)
        Tensor.foreachAddcmul_(squares, grads, grads, value: .double(1 - alpha))
        let deviations = deviations(squares, grads, states)
        if momentum > 0 {
            let buffers = states.compactMap { $0.momentumBuffer }
            Tensor.foreachMul_(buffers, momentum)
            Tensor.foreachAddcdiv_(buffers, grads, deviations)
            Tensor.foreachAdd_(trained, buffers, alpha: .double(-group.learningRate))
        } else {
            Tensor.foreachAddcdiv_(trained, grads, deviations, value: .double(-group.learningRate))
        }
    }

    private func deviations(_ squares: [Tensor], _ grads: [Tensor], _ states: [State]) -> [Tensor] {
        let result: [Tensor]
        if centered {
            let means = states.compactMap { $0.gradAvg }
            Tensor.foreachLerp_(means, grads, weight: 1 - alpha)
            result = Tensor.foreachAddcmul(squares, means, means, value: -1)
            Tensor.foreachSqrt_(result)
        } else {
            result = Tensor.foreachSqrt(squares)
        }
        Tensor.foreachAdd_(result, eps)
        return result
    }

    private func advance(_ parameter: Tensor) -> State {
        let id = ObjectIdentifier(parameter)
        var state =
            averages[id]
            ?? State(
                steps: 0, squareAvg: parameter.zerosLike(), momentumBuffer: momentum > 0 ? parameter.zerosLike() : nil,
                gradAvg: centered ? parameter.zerosLike() : nil)
        state.steps += 1
        averages[id] = state
        return state
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("momentum", .double(momentum)), ("alpha", .double(alpha)), ("eps", .double(eps)),
            ("centered", .bool(centered)), ("capturable", .bool(false)), ("foreach", .none), ("maximize", .bool(false)),
            ("differentiable", .bool(false)), ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] {
        ["step", "square_avg"] + (momentum > 0 ? ["momentum_buffer"] : []) + (centered ? ["grad_avg"] : [])
    }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map { state in
            [("step", Self.stepTensor(state.steps)), ("square_avg", state.squareAvg)]
                + (state.momentumBuffer.map { [("momentum_buffer", $0)] } ?? [])
                + (state.gradAvg.map { [("grad_avg", $0)] } ?? [])
        }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        let id = ObjectIdentifier(parameter)
        guard let square = Self.tensor("square_avg", in: state) else {
            averages[id] = nil
            return
        }
        averages[id] = State(
            steps: Self.tensor("step", in: state)?.item(as: Int.self) ?? 0, squareAvg: square,
            momentumBuffer: momentum > 0 ? Self.tensor("momentum_buffer", in: state) ?? square.zerosLike() : nil,
            gradAvg: centered ? Self.tensor("grad_avg", in: state) ?? square.zerosLike() : nil)
    }
}
