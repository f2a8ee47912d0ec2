/// Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2): every element moves by the
/// learning rate, in the direction of an average of gradients. Weight decay is decoupled, as in ``AdamW``.
///
/// Learning rates are usually three to ten times smaller than AdamW's, and weight decay as much larger.
public final class Lion: Optimizer {
    /// What the saved state of a parameter looks like.
    public enum StateLayout: Sendable, Hashable {
        /// `exp_avg`, as in lion-pytorch and the paper's code.
        case expAvg
        /// `step` and `state1`, as in bitsandbytes, which Python's Trainer takes for `lion_32bit`.
        case bitsandbytes
    }

    public let betas: (Double, Double)
    public let layout: StateLayout
    private var averages: [ObjectIdentifier: State] = [:]

    private struct State {
        var steps = 0
        let average: Tensor
    }

    public init(groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.99), layout: StateLayout = .expAvg) {
        self.betas = betas
        self.layout = layout
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
        weightDecay: Double = 0
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas)
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
        let grads = trained.compactMap { $0.grad }
        let means = trained.map { advance($0).average }
        if group.weightDecay != 0 { Tensor.foreachMul_(trained, 1 - group.learningRate * group.weightDecay) }
        let directions = Tensor.foreachMul(means, betas.0)
        Tensor.foreachAdd_(directions, grads, alpha: .double(1 - betas.0))
        Tensor.foreachSign_(directions)
        Tensor.foreachAdd_(trained, directions, alpha: .double(-group.learningRate))
        Tensor.foreachMul_(means, betas.1)
        Tensor.foreachAdd_(means, grads, alpha: .double(1 - betas.1))
    }

    private func advance(_ parameter: Tensor) -> State {
        let id = ObjectIdentifier(parameter)
        var state = averages[id] ?? State(average: parameter.zerosLike())
        state.steps += 1
        averages[id] = state
        return state
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("betas", .doubles([betas.0, betas.1])),
        ] + (layout == .bitsandbytes ? [("eps", .double(0))] : []) + [
            ("initial_lr", .double(group.initialLearningRate))
        ]
    }

    public override var stateNames: [String] { layout == .expAvg ? ["exp_avg"] : ["step", "state1"] }
    public override var integerStates: Set<String> { ["step"] }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map {
            layout == .expAvg
                ? [("exp_avg", $0.average)] : [("step", Self.stepTensor($0.steps)), ("state1", $0.average)]
        }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        averages[ObjectIdentifier(parameter)] = Self.tensor(layout == .expAvg ? "exp_avg" : "state1", in: state).map {
            State(steps: Self.tensor("step", in: state)?.item(as: Int.self) ?? 0, average: $0)
        }
    }
}
