/// Adam (Kingma and Ba 2015) as PyTorch's `torch.optim.Adam(fused=True)`, on libtorch's fused kernels with its results bit
/// for bit. Weight decay is added to the gradient; ``AdamW`` keeps it apart.
public final class Adam: Optimizer {
    public let betas: (Double, Double)
    public let eps: Double
    /// Whether the largest squared average so far divides the step (Reddi et al. 2018).
    public let amsgrad: Bool
    private var averages: [ObjectIdentifier: State] = [:]

    private struct State {
        var steps: Int
        let expAvg: Tensor
        let expAvgSq: Tensor
        let maxExpAvgSq: Tensor?
    }

    public init(
        groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, amsgrad: Bool = false
    ) {
        self.betas = betas
        self.eps = eps
        self.amsgrad = amsgrad
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        eps: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
            eps: eps, amsgrad: amsgrad)
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
        Tensor.fusedAdam_(
            trained, grads: trained.compactMap { $0.grad }, expAvgs: states.map { $0.expAvg },
            expAvgSqs: states.map { $0.expAvgSq }, maxExpAvgSqs: states.compactMap { $0.maxExpAvgSq },
            stateSteps: Self.stepTensors(states.map { $0.steps }, for: trained), lr: group.learningRate,
            beta1: betas.0, beta2: betas.1, weightDecay: group.weightDecay, eps: eps, amsgrad: amsgrad, maximize: false)
    }

    /// The state of a parameter for the step to come.
    private func advance(_ parameter: Tensor) -> State {
        let id = ObjectIdentifier(parameter)
        var state =
            averages[id]
            ?? State(
                steps: 0, expAvg: parameter.zerosLike(), expAvgSq: parameter.zerosLike(),
                maxExpAvgSq: amsgrad ? parameter.zerosLike() : nil)
        state.steps += 1
        averages[id] = state
        return state
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("betas", .doubles([betas.0, betas.1])), ("eps", .double(eps)), ("amsgrad", .bool(amsgrad)),
            ("maximize", .bool(false)), ("foreach", .none), ("capturable", .bool(false)),
            ("differentiable", .bool(false)), ("fused", .bool(true)), ("decoupled_weight_decay", .bool(false)),
            ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] {
        ["step", "exp_avg", "exp_avg_sq"] + (amsgrad ? ["max_exp_avg_sq"] : [])
    }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map { state in
            [
                ("step", Self.stepTensor(state.steps)), ("exp_avg", state.expAvg), ("exp_avg_sq", state.expAvgSq),
            ] + (state.maxExpAvgSq.map { [("max_exp_avg_sq", $0)] } ?? [])
        }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        let id = ObjectIdentifier(parameter)
        guard let step = Self.tensor("step", in: state), let average = Self.tensor("exp_avg", in: state),
            let square = Self.tensor("exp_avg_sq", in: state)
        else {
            averages[id] = nil
            return
        }
        averages[id] = State(
            steps: step.item(as: Int.self), expAvg: average, expAvgSq: square,
            maxExpAvgSq: amsgrad ? Self.tensor("max_exp_avg_sq", in: state) ?? square.zerosLike() : nil)
    }
}
