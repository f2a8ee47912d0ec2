/// Adagrad (Duchi, Hazan and Singer 2011) as PyTorch's `torch.optim.Adagrad`.
public final class Adagrad: Optimizer {
    /// How fast the learning rate falls with the steps: `lr / (1 + (step - 1) * lrDecay)`.
    public let lrDecay: Double
    /// What the sums of squares start from.
    public let initialAccumulatorValue: Double
    public let eps: Double
    /// Whether libtorch's fused kernel takes steps on the CPU, in one pass over the memory; it rounds otherwise than the
    /// plain operators, which Python takes unless told otherwise.
    public let isFused: Bool
    private var sums: [ObjectIdentifier: State] = [:]

    private struct State {
        var steps: Int
        let sum: Tensor
    }

    public init(
        groups: [ParameterGroup], lrDecay: Double = 0, initialAccumulatorValue: Double = 0, eps: Double = 1e-10,
        isFused: Bool = false
    ) {
        self.lrDecay = lrDecay
        self.initialAccumulatorValue = initialAccumulatorValue
        self.eps = eps
        self.isFused = isFused
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-2, lrDecay: Double = 0, weightDecay: Double = 0,
        initialAccumulatorValue: Double = 0, eps: Double = 1e-10, isFused: Bool = false
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)],
            lrDecay: lrDecay, initialAccumulatorValue: initialAccumulatorValue, eps: eps, isFused: isFused)
    }

    public override func step() throws {
        try withTorchErrors {
            noGrad {
                for group in groups {
                    let trained = group.parameters.filter { $0.grad != nil }
                    let fused = trained.filter { isFused && $0.device.kind == .cpu }
                    let others = trained.filter { !(isFused && $0.device.kind == .cpu) }
                    if !fused.isEmpty { stepFused(fused, group) }
                    if !others.isEmpty { step(others, group) }
                }
            }
        }
    }

    private func stepFused(_ parameters: [Tensor], _ group: ParameterGroup) {
        let states = parameters.map { advance($0) }
        Tensor.fusedAdagrad_(
            parameters, grads: parameters.compactMap { $0.grad }, stateSums: states.map { $0.sum },
            stateSteps: Self.stepTensors(states.map { $0.steps }, for: parameters), lr: group.learningRate,
            lrDecay: lrDecay, weightDecay: group.weightDecay, eps: eps, maximize: false)
    }

    /// PyTorch's operators in PyTorch's order.
    private func step(_ parameters: [Tensor], _ group: ParameterGroup) {
        let states = parameters.map { advance($0) }
        let sums = states.map { $0.sum }
        var grads = parameters.compactMap { $0.grad }
        if group.weightDecay != 0 { grads = Tensor.foreachAdd(grads, parameters, alpha: .double(group.weightDecay)) }
        Tensor.foreachAddcmul_(sums, grads, grads)
        let deviations = Tensor.foreachSqrt(sums)
        Tensor.foreachAdd_(deviations, eps)
        let rates = states.map { Scalar.double(-group.learningRate / (1 + Double($0.steps - 1) * lrDecay)) }
        Tensor.foreachAddcdiv_(parameters, grads, deviations, rates)
    }

    private func advance(_ parameter: Tensor) -> State {
        var state = stateOrFresh(parameter)
        state.steps += 1
        sums[ObjectIdentifier(parameter)] = state
        return state
    }

    private func stateOrFresh(_ parameter: Tensor) -> State {
        sums[ObjectIdentifier(parameter)]
            ?? State(
                steps: 0,
                sum: noGrad {
                    Tensor.full(
                        parameter.shape, initialAccumulatorValue, dtype: parameter.dtype, device: parameter.device)
                })
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("lr_decay", .double(lrDecay)), ("eps", .double(eps)),
            ("initial_accumulator_value", .double(initialAccumulatorValue)), ("foreach", .none),
            ("maximize", .bool(false)), ("differentiable", .bool(false)), ("fused", .none),
            ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] { ["step", "sum"] }

    /// Every parameter has a state, as in PyTorch, one that was never trained too.
    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        let state = stateOrFresh(parameter)
        return [("step", Self.stepTensor(state.steps)), ("sum", state.sum)]
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        let step = Self.tensor("step", in: state)
        sums[ObjectIdentifier(parameter)] = Self.tensor("sum", in: state).map {
            State(steps: step?.item(as: Int.self) ?? 0, sum: $0)
        }
    }
}
