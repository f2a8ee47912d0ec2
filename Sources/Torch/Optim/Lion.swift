/// Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2): every element moves by the
/// learning rate, in the direction of an average of gradients. Weight decay is decoupled, as in ``AdamW``.
///
/// Learning rates are usually three to ten times smaller than AdamW's, and weight decay as much larger.
public final class Lion: Optimizer {
    public let betas: (Double, Double)
    private var averages: [ObjectIdentifier: Tensor] = [:]

    public init(groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.99)) {
        self.betas = betas
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
        let means = trained.map { average(of: $0) }
        if group.weightDecay != 0 { Tensor.foreachMul_(trained, 1 - group.learningRate * group.weightDecay) }
        let directions = Tensor.foreachMul(means, betas.0)
        Tensor.foreachAdd_(directions, grads, alpha: .double(1 - betas.0))
        Tensor.foreachSign_(directions)
        Tensor.foreachAdd_(trained, directions, alpha: .double(-group.learningRate))
        Tensor.foreachMul_(means, betas.1)
        Tensor.foreachAdd_(means, grads, alpha: .double(1 - betas.1))
    }

    private func average(of parameter: Tensor) -> Tensor {
        let id = ObjectIdentifier(parameter)
        let average = averages[id] ?? parameter.zerosLike()
        averages[id] = average
        return average
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("betas", .doubles([betas.0, betas.1])), ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] { ["exp_avg"] }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map { [("exp_avg", $0)] }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        averages[ObjectIdentifier(parameter)] = Self.tensor("exp_avg", in: state)
    }
}
