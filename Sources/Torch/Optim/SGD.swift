/// Stochastic gradient descent with momentum, as PyTorch's `torch.optim.SGD`, on libtorch's fused kernels.
public final class SGD: Optimizer {
    public let momentum: Double
    public let dampening: Double
    public let nesterov: Bool
    private var buffers: [ObjectIdentifier: Tensor] = [:]

    public init(groups: [ParameterGroup], momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false) {
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-3, momentum: Double = 0, dampening: Double = 0,
        weightDecay: Double = 0, nesterov: Bool = false
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)],
            momentum: momentum, dampening: dampening, nesterov: nesterov)
    }

    public override func step() throws {
        try withTorchErrors {
            noGrad {
                for group in groups {
                    // PyTorch fills the buffer with the first gradient, undamped; later ones are damped.
                    let trained = group.parameters.filter { $0.grad != nil }
                    let fresh = trained.filter { momentum != 0 && buffers[ObjectIdentifier($0)] == nil }
                    let known = trained.filter { momentum == 0 || buffers[ObjectIdentifier($0)] != nil }
                    step(known, group, isFirst: false)
                    step(fresh, group, isFirst: true)
                }
            }
        }
    }

    private func step(_ parameters: [Tensor], _ group: ParameterGroup, isFirst: Bool) {
        guard !parameters.isEmpty else { return }
        var momenta: [Tensor] = []
        if momentum != 0 {
            for parameter in parameters {
                let id = ObjectIdentifier(parameter)
                let buffer = buffers[id] ?? parameter.zerosLike()
                buffers[id] = buffer
                momenta.append(buffer)
            }
        }
        Tensor.fusedSgd_(
            parameters, grads: parameters.compactMap { $0.grad }, momentumBufferList: momenta,
            weightDecay: group.weightDecay, momentum: momentum, lr: group.learningRate, dampening: dampening,
            nesterov: nesterov, maximize: false, isFirstStep: isFirst)
    }

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("momentum", .double(momentum)), ("dampening", .double(dampening)), ("nesterov", .bool(nesterov)),
            ("maximize", .bool(false)), ("foreach", .none), ("differentiable", .bool(false)), ("fused", .none),
            ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] { ["momentum_buffer"] }

    public override func stateElements(of parameter: Tensor) -> Int { momentum == 0 ? 0 : parameter.numel }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        buffers[ObjectIdentifier(parameter)].map { [("momentum_buffer", $0)] }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        buffers[ObjectIdentifier(parameter)] = state?.first { $0.name == "momentum_buffer" }?.tensor
    }
}
