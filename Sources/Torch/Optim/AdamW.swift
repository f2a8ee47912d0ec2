internal import CTorch
import Foundation

/// AdamW (Loshchilov and Hutter 2019) on libtorch's fused kernels, with Python's results bit for bit.
public final class AdamW: Optimizer {
    public let betas: (Double, Double)
    public let eps: Double
    /// Whether our own kernel takes small steps on the CPU: all parameters in one pass over the memory. Its results equal
    /// libtorch's fused kernel within rounding. Default false: libtorch's.
    public let fusesParameters: Bool
    private var averages: [ObjectIdentifier: State] = [:]
    /// For each group what its fused step takes, found once; nil where it must be found anew.
    private var fusedGroups: [FusedGroup?] = []
    /// Above, libtorch's wider vectors save more than its calls cost.
    private static let mostElements = 32_768

    private final class State {
        var steps: Int
        let expAvg: Tensor
        let expAvgSq: Tensor
        /// Rows that ever had a gradient, where gradients are sparse; nil once a dense one came.
        var touchedRows: Tensor?

        init(steps: Int, expAvg: Tensor, expAvgSq: Tensor) {
            self.steps = steps
            self.expAvg = expAvg
            self.expAvgSq = expAvgSq
        }
    }

    public init(
        groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
        fusesParameters: Bool = false
    ) {
        self.betas = betas
        self.eps = eps
        self.fusesParameters = fusesParameters
        super.init(groups: groups)
    }

    public convenience init(
        _ parameters: [Tensor], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        eps: Double = 1e-8, weightDecay: Double = 0.01
    ) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
            eps: eps)
    }

    public override func step() throws {
        try withTorchErrors {
            noGrad {
                for (place, group) in groups.enumerated() where !stepTogether(group, place) { step(group) }
            }
        }
    }

    private func step(_ group: ParameterGroup) {
        // Parameters that have taken as many steps go together: nearly always all.
        var batches: [Int: [(parameter: Tensor, state: State)]] = [:]
        for parameter in group.parameters {
            guard let grad = parameter.grad else { continue }
            let state = averages(of: parameter)
            state.steps += 1
            if grad.isSparse {
                stepRows(of: parameter, grad, state, group)
            } else {
                state.touchedRows = nil
                batches[state.steps, default: []].append((parameter, state))
            }
        }
        for (steps, items) in batches { stepByLibtorch(items, steps, group) }
    }

    // MARK: Small groups

    /// All parameters of a small group, with the same number of steps behind them.
    private final class FusedGroup {
        let parameters: [Tensor]
        let states: [State]
        let handles: (parameters: [ct_tensor], averages: [ct_tensor], squares: [ct_tensor])

        init(_ parameters: [Tensor], _ states: [State]) {
            self.parameters = parameters
            self.states = states
            handles = (parameters.map { $0.handle }, states.map { $0.expAvg.handle }, states.map { $0.expAvgSq.handle })
        }
    }

    /// Takes the step of a whole group by our own kernel, where it is small, and all of its gradients are there and dense.
    private func stepTogether(_ group: ParameterGroup, _ place: Int) -> Bool {
        guard fusesParameters, let trained = fittingParameters(group), let fused = fusedGroup(trained, place)
        else { return false }
        let steps = Double((fused.states.first?.steps ?? 0) + 1)
        for state in fused.states {
            state.steps += 1
            state.touchedRows = nil
        }
        let handles = fused.handles
        check(
            ct_adamw_dense(
                handles.parameters, handles.averages, handles.squares, handles.parameters.count, group.learningRate,
                betas.0, betas.1, eps, group.weightDecay, 1 - pow(betas.0, steps), 1 - pow(betas.1, steps)))
        return true
    }

    /// Those with a gradient, for others must not get a state; nil where one of the gradients is sparse or otherwise odd.
    private func fittingParameters(_ group: ParameterGroup) -> [Tensor]? {
        if group.parameters.allSatisfy({ ct_gradient_fits($0.handle) }) { return group.parameters }
        let trained = group.parameters.filter { $0.grad != nil }
        return trained.allSatisfy { ct_gradient_fits($0.handle) } ? trained : nil
    }

    private func fusedGroup(_ parameters: [Tensor], _ place: Int) -> FusedGroup? {
        if fusedGroups.count != groups.count { fusedGroups = groups.map { _ in nil } }
        if let known = fusedGroups[place], known.parameters.elementsEqual(parameters, by: { $0 === $1 }),
            known.states.allSatisfy({ $0.steps == known.states[0].steps })
        {
            return known
        }
        let size = parameters.reduce(0) { $0 + $1.numel }
        guard (1...Self.mostElements).contains(size) else { return nil }
        let states = parameters.map { averages(of: $0) }
        guard states.allSatisfy({ $0.steps == states[0].steps }) else { return nil }
        let fused = FusedGroup(parameters, states)
        fusedGroups[place] = fused
        return fused
    }

    // MARK: Others

    private func stepByLibtorch(_ items: [(parameter: Tensor, state: State)], _ steps: Int, _ group: ParameterGroup) {
        let device = items.first?.parameter.device.kind == .cpu ? Device.cpu : items.first?.parameter.device
        let step = Tensor.full([], Double(steps), dtype: .float32, device: device)
        Tensor.fusedAdamw_(
            items.map { $0.parameter }, grads: items.compactMap { $0.parameter.grad },
            expAvgs: items.map { $0.state.expAvg }, expAvgSqs: items.map { $0.state.expAvgSq }, maxExpAvgSqs: [],
            stateSteps: items.map { _ in step }, lr: group.learningRate, beta1: betas.0, beta2: betas.1,
            weightDecay: group.weightDecay, eps: eps, amsgrad: false, maximize: false)
    }

    /// The same step for a table whose gradient holds some rows only: rows that never had one are not visited.
    private func stepRows(of parameter: Tensor, _ grad: Tensor, _ state: State, _ group: ParameterGroup) {
        let rows = grad.coalesce()
        // Averages that came from dense gradients or a checkpoint: a row is untouched where they are zero.
        let touched = state.touchedRows ?? state.expAvgSq.ne(0).any(dim: 1).to(.uint8)
        state.touchedRows = touched
        let indices = rows.indices().view(-1)
        let values = rows.values()
        check(
            ct_adamw_rows(
                parameter.handle, state.expAvg.handle, state.expAvgSq.handle, touched.handle, indices.handle,
                values.handle, group.learningRate, betas.0, betas.1, eps, group.weightDecay,
                1 - pow(betas.0, Double(state.steps)), 1 - pow(betas.1, Double(state.steps))))
    }

    private func averages(of parameter: Tensor) -> State {
        let id = ObjectIdentifier(parameter)
        if let state = averages[id] { return state }
        let state = State(steps: 0, expAvg: parameter.zerosLike(), expAvgSq: parameter.zerosLike())
        averages[id] = state
        return state
    }

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
            ("betas", .doubles([betas.0, betas.1])), ("eps", .double(eps)), ("amsgrad", .bool(false)),
            ("maximize", .bool(false)), ("foreach", .none), ("capturable", .bool(false)),
            ("differentiable", .bool(false)), ("fused", .bool(true)), ("decoupled_weight_decay", .bool(true)),
            ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    public override var stateNames: [String] { ["step", "exp_avg", "exp_avg_sq"] }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map {
            [
                ("step", Tensor.full([], Double($0.steps), dtype: .float32)), ("exp_avg", $0.expAvg),
                ("exp_avg_sq", $0.expAvgSq),
            ]
        }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        fusedGroups = []
        func tensor(_ name: String) -> Tensor? { state?.first { $0.name == name }?.tensor }
        guard let step = tensor("step"), let average = tensor("exp_avg"), let square = tensor("exp_avg_sq") else {
            averages[ObjectIdentifier(parameter)] = nil
            return
        }
        averages[ObjectIdentifier(parameter)] = State(steps: step.item(as: Int.self), expAvg: average, expAvgSq: square)
    }
}
