internal import Foundation

/// Adafactor (Shazeer and Stern 2018) as `transformers.optimization.Adafactor`: of a matrix it keeps the squared
/// gradients' averages by row and by column only, so its state is far smaller than Adam's.
///
/// States and steps are float32; parameters in half precision are changed in float32 and written back.
public final class Adafactor: Optimizer {
    /// Where the size of a step comes from.
    public enum StepSize: Sendable, Hashable {
        /// The group's learning rate (Python's `relative_step=False`), which `Trainer` uses.
        case learningRate
        /// The smaller of 0.01 and the inverse square root of the step (Python's `relative_step=True`); the group's
        /// learning rate is not used.
        case relative
        /// As `relative`, but rising from 1e-6 by 1e-6 each step at first (Python's `warmup_init=True`).
        case relativeWithWarmup
    }

    /// Added to squared gradients, and the least scale of a parameter.
    public let eps: (Double, Double)
    /// The highest root mean square of an update; larger ones are scaled down to it.
    public let clipThreshold: Double
    /// The exponent by which the squared average forgets: its weight at step t is `1 - t^decayRate`.
    public let decayRate: Double
    /// How slowly an average of the updates forgets; nil: none is kept.
    public let beta1: Double?
    /// Whether a step is multiplied by the parameter's root mean square.
    public let scalesParameters: Bool
    public let stepSize: StepSize
    private var averages: [ObjectIdentifier: State] = [:]

    private struct State {
        var steps = 0
        /// Root mean square of the parameter before its last step; 0-d.
        var rms: Tensor
        var expAvg: Tensor?
        var second: SecondMoment
    }

    private enum SecondMoment {
        case whole(Tensor)
        case factored(rows: Tensor, columns: Tensor)
    }

    /// - Parameters:
    ///   - groups: The parameters.
    ///   - eps: What is added to squared gradients, and the least size of a parameter for scaled steps.
    ///   - clipThreshold: The highest root mean square of a step before the learning rate.
    ///   - decayRate: The power of the step by which the second moment forgets.
    ///   - beta1: The decay of a mean of the steps; nil: none is kept.
    ///   - scaleParameter: See ``scalesParameters``; Python's default is true, as here.
    ///   - stepSize: Python's default is ``StepSize/relative``, as here.
    public init(
        groups: [ParameterGroup], eps: (Double, Double) = (1e-30, 1e-3), clipThreshold: Double = 1,
        decayRate: Double = -0.8, beta1: Double? = nil, scaleParameter: Bool = true, stepSize: StepSize = .relative
    ) {
        self.eps = eps
        self.clipThreshold = clipThreshold
        self.decayRate = decayRate
        self.beta1 = beta1
        scalesParameters = scaleParameter
        self.stepSize = stepSize
        super.init(groups: groups)
    }

    /// With a learning rate, neither relative steps nor scaled ones: what `Trainer` takes.
    public convenience init(_ parameters: [Tensor], learningRate: Double, weightDecay: Double = 0) {
        self.init(
            groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)],
            scaleParameter: false, stepSize: .learningRate)
    }

    public override func step() throws {
        try withTorchErrors {
            noGrad {
                for index in groups.indices {
                    let group = groups[index]
                    let rates = group.parameters.compactMap { step($0, group) }
                    // So that logs show the rate that was used.
                    if stepSize != .learningRate, let first = rates.first { groups[index].learningRate = first }
                }
            }
        }
    }

    /// - Returns: The step's size; nil without a gradient.
    private func step(_ parameter: Tensor, _ group: ParameterGroup) -> Double? {
        guard let gradient = parameter.grad else { return nil }
        let grad = gradient.to(.float32)
        let values = parameter.detach().to(.float32)
        let id = ObjectIdentifier(parameter)
        var state = averages[id] ?? freshState(parameter)
        state.steps += 1
        state.rms = rootMeanSquare(values)
        let rate = rate(state, group)

        var update = scaled(grad, state)
        // A tensor, so that nothing is read from the device.
        update.div_((rootMeanSquare(update) / clipThreshold).clamp_(min: 1))
        update.mul_(rate)
        if let beta1, let average = state.expAvg {
            average.mul_(beta1).add_(update, alpha: .double(1 - beta1))
            update = average
        }
        if group.weightDecay != 0 { values.add_(values, alpha: .double(-group.weightDecay * rate)) }
        values.sub_(update)
        if parameter.dtype != .float32 { parameter.copy_(values) }
        averages[id] = state
        return rate
    }

    /// The gradient divided by the root of its squared average, which takes this gradient in.
    private func scaled(_ grad: Tensor, _ state: State) -> Tensor {
        let beta2 = 1 - pow(Double(state.steps), decayRate)
        let square = grad.pow(2) + eps.0
        func takeIn(_ average: Tensor, _ new: Tensor) { average.mul_(beta2).add_(new, alpha: .double(1 - beta2)) }
        switch state.second {
        case .whole(let average):
            takeIn(average, square)
            return average.rsqrt().mul_(grad)
        case .factored(let rows, let columns):
            takeIn(rows, square.mean(dim: -1))
            takeIn(columns, square.mean(dim: -2))
            let rowFactor = (rows / rows.mean(dim: -1, keepdim: true)).rsqrt().unsqueeze(-1)
            return (rowFactor * columns.unsqueeze(-2).rsqrt()).mul_(grad)
        }
    }

    private func rate(_ state: State, _ group: ParameterGroup) -> Double {
        let step = Double(state.steps)
        let size =
            switch stepSize {
            case .learningRate: group.learningRate
            case .relative: min(1e-2, 1 / step.squareRoot())
            case .relativeWithWarmup: min(1e-6 * step, 1 / step.squareRoot())
            }
        guard scalesParameters else { return size }
        let scale = state.rms.item()
        // Python multiplies in float32 where the scale is the parameter's.
        return scale > eps.1 ? Double(Float(scale) * Float(size)) : eps.1 * size
    }

    private func rootMeanSquare(_ tensor: Tensor) -> Tensor {
        tensor.linalgVectorNorm() / Double(tensor.numel).squareRoot()
    }

    private func isFactored(_ parameter: Tensor) -> Bool { parameter.shape.count >= 2 }

    private func freshState(_ parameter: Tensor) -> State {
        func zeros(_ shape: [Int]) -> Tensor { Tensor.zeros(shape, dtype: .float32, device: parameter.device) }
        return State(
            rms: zeros([]), expAvg: beta1 == nil ? nil : zeros(parameter.shape),
            second: isFactored(parameter)
                ? .factored(
                    rows: zeros(stateShape("exp_avg_sq_row", of: parameter)),
                    columns: zeros(stateShape("exp_avg_sq_col", of: parameter)))
                : .whole(zeros(parameter.shape)))
    }

    // MARK: What is saved

    public override func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        let isRelative = stepSize != .learningRate
        return [
            ("weight_decay", .double(group.weightDecay)), ("lr", isRelative ? .none : .double(group.learningRate)),
            ("eps", .doubles([eps.0, eps.1])), ("clip_threshold", .double(clipThreshold)),
            ("decay_rate", .double(decayRate)), ("beta1", beta1.map { .double($0) } ?? .none),
            ("scale_parameter", .bool(scalesParameters)), ("relative_step", .bool(isRelative)),
            ("warmup_init", .bool(stepSize == .relativeWithWarmup)),
        ] + (isRelative ? [] : [("initial_lr", .double(group.initialLearningRate))])
    }

    public override var stateNames: [String] { ["step", "RMS"] }
    public override var integerStates: Set<String> { ["step"] }

    public override func stateNames(of parameter: Tensor) -> [String] {
        ["step"] + (beta1 == nil ? [] : ["exp_avg"])
            + (isFactored(parameter) ? ["exp_avg_sq_row", "exp_avg_sq_col"] : ["exp_avg_sq"]) + ["RMS"]
    }

    public override func stateShape(_ name: String, of parameter: Tensor) -> [Int] {
        let shape = parameter.shape
        return switch name {
        case "exp_avg_sq_row": Array(shape.dropLast())
        case "exp_avg_sq_col": shape.dropLast(2) + shape.suffix(1)
        case "RMS": []
        default: shape
        }
    }

    public override func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? {
        averages[ObjectIdentifier(parameter)].map { state in
            let second =
                switch state.second {
                case .whole(let average): [("exp_avg_sq", average)]
                case .factored(let rows, let columns): [("exp_avg_sq_row", rows), ("exp_avg_sq_col", columns)]
                }
            return [("step", Self.stepTensor(state.steps))] + (state.expAvg.map { [("exp_avg", $0)] } ?? []) + second
                + [("RMS", state.rms)]
        }
    }

    public override func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        func tensor(_ name: String) -> Tensor? { Self.tensor(name, in: state)?.to(.float32) }
        let second: SecondMoment? =
            if let rows = tensor("exp_avg_sq_row"), let columns = tensor("exp_avg_sq_col") {
                .factored(rows: rows, columns: columns)
            } else {
                tensor("exp_avg_sq").map { .whole($0) }
            }
        averages[ObjectIdentifier(parameter)] = second.map {
            State(
                steps: tensor("step")?.item(as: Int.self) ?? 0, rms: tensor("RMS") ?? Tensor.zeros([]),
                expAvg: tensor("exp_avg"), second: $0)
        }
    }
}
