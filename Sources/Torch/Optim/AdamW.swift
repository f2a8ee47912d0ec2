internal import CTorch
import Foundation

/// AdamW (Loshchilov and Hutter 2019) on libtorch's fused kernels, with Python's results bit for bit.
public final class AdamW: Optimizer {
    public let betas: (Double, Double)
    public let eps: Double
    private var states: [ObjectIdentifier: State] = [:]

    private struct State {
        let step: Tensor
        let expAvg: Tensor
        let expAvgSq: Tensor
        /// Rows that ever had a gradient, where gradients are sparse; nil once a dense one came.
        var touchedRows: Tensor?
        var steps = 0
    }

    public init(groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8) {
        self.betas = betas
        self.eps = eps
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
                for group in groups { step(group) }
            }
        }
    }

    private func step(_ group: ParameterGroup) {
        var parameters: [Tensor] = []
        var grads: [Tensor] = []
        var averages: [Tensor] = []
        var squares: [Tensor] = []
        var steps: [Tensor] = []
        for parameter in group.parameters {
            guard let grad = parameter.grad else { continue }
            if grad.isSparse {
                stepRows(of: parameter, grad, group)
                continue
            }
            let state = denseState(of: parameter)
            parameters.append(parameter)
            grads.append(grad)
            averages.append(state.expAvg)
            squares.append(state.expAvgSq)
            steps.append(state.step)
        }
        guard !parameters.isEmpty else { return }
        Tensor.foreachAdd_(steps, 1)
        Tensor.fusedAdamw_(
            parameters, grads: grads, expAvgs: averages, expAvgSqs: squares, maxExpAvgSqs: [], stateSteps: steps,
            lr: group.learningRate, beta1: betas.0, beta2: betas.1, weightDecay: group.weightDecay, eps: eps,
            amsgrad: false, maximize: false)
    }

    /// The same step for a table whose gradient holds some rows only: rows that never had one are not visited.
    private func stepRows(of parameter: Tensor, _ grad: Tensor, _ group: ParameterGroup) {
        let id = ObjectIdentifier(parameter)
        var state = state(of: parameter)
        let rows = grad.coalesce()
        // Averages that came from dense gradients or a checkpoint: a row is untouched where they are zero.
        let touched = state.touchedRows ?? state.expAvgSq.ne(0).any(dim: 1).to(.uint8)
        state.touchedRows = touched
        state.step.add_(1)
        if state.steps == 0 { state.steps = state.step.item(as: Int.self) - 1 }
        state.steps += 1
        states[id] = state
        let indices = rows.indices().view(-1)
        let values = rows.values()
        check(
            ct_adamw_rows(
                parameter.handle, state.expAvg.handle, state.expAvgSq.handle, touched.handle, indices.handle,
                values.handle, group.learningRate, betas.0, betas.1, eps, group.weightDecay,
                1 - pow(betas.0, Double(state.steps)), 1 - pow(betas.1, Double(state.steps))))
    }

    private func denseState(of parameter: Tensor) -> State {
        var state = state(of: parameter)
        if state.touchedRows != nil {
            state.touchedRows = nil
            states[ObjectIdentifier(parameter)] = state
        }
        return state
    }

    private func state(of parameter: Tensor) -> State {
        let id = ObjectIdentifier(parameter)
        if let state = states[id] { return state }
        let state = State(
            step: Tensor.zeros([], dtype: .float32), expAvg: parameter.zerosLike(), expAvgSq: parameter.zerosLike())
        states[id] = state
        return state
    }

    public override func stateDict() -> OptimizerStateDict {
        var number = 0
        var result = OptimizerStateDict(state: [:], groups: [])
        for group in groups {
            let ids = Array(number..<number + group.parameters.count)
            number += ids.count
            for (id, parameter) in zip(ids, group.parameters) {
                guard let state = states[ObjectIdentifier(parameter)] else { continue }
                result.state[id] = [("step", state.step), ("exp_avg", state.expAvg), ("exp_avg_sq", state.expAvgSq)]
            }
            let options: [(name: String, value: OptimizerOption)] = [
                ("weight_decay", .double(group.weightDecay)), ("lr", .double(group.learningRate)),
                ("betas", .doubles([betas.0, betas.1])), ("eps", .double(eps)), ("amsgrad", .bool(false)),
                ("maximize", .bool(false)), ("foreach", .none), ("capturable", .bool(false)),
                ("differentiable", .bool(false)), ("fused", .bool(true)), ("decoupled_weight_decay", .bool(true)),
                ("initial_lr", .double(group.initialLearningRate)),
            ]
            result.groups.append((options, ids))
        }
        return result
    }

    public override func loadStateDict(_ state: OptimizerStateDict) throws {
        let adopted = try withTorchErrors { try adopt(state, tensors: ["step", "exp_avg", "exp_avg_sq"]) }
        states = [:]
        for (parameter, tensors) in zip(groups.flatMap { $0.parameters }, adopted) {
            guard let tensors, let step = tensors["step"], let average = tensors["exp_avg"],
                let square = tensors["exp_avg_sq"]
            else { continue }
            states[ObjectIdentifier(parameter)] = State(step: step, expAvg: average, expAvgSq: square)
        }
    }
}
