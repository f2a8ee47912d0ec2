internal import CTorch

/// Parameters that share settings.
public struct ParameterGroup {
    public var parameters: [Tensor]
    /// Learning rate of the next step.
    public var learningRate: Double
    /// Weight decay; for ``AdamW`` decoupled from the gradient (Loshchilov and Hutter 2019).
    public var weightDecay: Double
    /// Learning rate at the start, which schedules scale (Python's `initial_lr`).
    public var initialLearningRate: Double

    public init(_ parameters: [Tensor], learningRate: Double, weightDecay: Double = 0) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.initialLearningRate = learningRate
    }
}

/// Base class of optimizers: groups of parameters, and a state for each parameter.
///
/// A subclass overrides ``step()``, keeps what it needs in ``states``, and is saved in checkpoints and resumed with that.
open class Optimizer {
    public var groups: [ParameterGroup]
    /// Named tensors kept for each parameter, in order.
    public var states: [ObjectIdentifier: [(name: String, tensor: Tensor)]] = [:]

    public init(groups: [ParameterGroup]) { self.groups = groups }

    /// Changes the parameters by their gradients. Parameters without a gradient are left alone.
    ///
    /// - Throws: ``TorchError``.
    open func step() throws { preconditionFailure("an Optimizer subclass must override step()") }

    /// Drops all gradients.
    open func zeroGrad() { clearGradients(groups.flatMap { $0.parameters }) }

    // MARK: What is saved

    /// Settings of a group in Python's order, but for `params`.
    open func options(of group: ParameterGroup) -> [(name: String, value: OptimizerOption)] {
        [
            ("lr", .double(group.learningRate)), ("weight_decay", .double(group.weightDecay)),
            ("initial_lr", .double(group.initialLearningRate)),
        ]
    }

    /// Names that the saved state of a parameter must have. All but `step` have the parameter's shape, unless
    /// `stateShape(_:of:)` says otherwise.
    open var stateNames: [String] { [] }

    /// Names that the saved state of this parameter must have. Default: `stateNames`.
    open func stateNames(of parameter: Tensor) -> [String] { stateNames }

    /// The shape of a named state. Default: the parameter's.
    open func stateShape(_ name: String, of parameter: Tensor) -> [Int] { parameter.shape }

    /// How many elements the state of a parameter will have, its step number left out: for estimates of memory and disk.
    /// Default: those of its states' shapes.
    open func stateElements(of parameter: Tensor) -> Int {
        stateNames(of: parameter).reduce(0) { sum, name in
            sum + (name == "step" ? 0 : stateShape(name, of: parameter).reduce(1, *))
        }
    }

    /// Names of states that Python keeps as plain integers, not as tensors. Default: none.
    open var integerStates: Set<String> { [] }

    /// What is saved of a parameter; nil where it has no state yet. Default: what is in `states`.
    open func state(of parameter: Tensor) -> [(name: String, tensor: Tensor)]? { states[ObjectIdentifier(parameter)] }

    /// Takes back what `state(of:)` gave.
    open func setState(_ state: [(name: String, tensor: Tensor)]?, of parameter: Tensor) {
        states[ObjectIdentifier(parameter)] = state
    }

    /// State and settings in the layout of Python's `optimizer.state_dict()`.
    public final func stateDict() -> OptimizerStateDict {
        var number = 0
        var result = OptimizerStateDict(state: [:], groups: [])
        result.integerStates = integerStates
        for group in groups {
            let ids = Array(number..<number + group.parameters.count)
            number += ids.count
            for (id, parameter) in zip(ids, group.parameters) { result.state[id] = state(of: parameter) }
            result.groups.append((options(of: group), ids))
        }
        return result
    }

    /// Takes back what ``stateDict()`` gave, here or in Python: states, learning rates and weight decay.
    ///
    /// - Throws: ``OptimizerStateError`` where it does not fit the parameters; nothing is changed then.
    public final func loadStateDict(_ saved: OptimizerStateDict) throws {
        try withTorchErrors {
            let adopted = try adopt(saved)
            for (parameter, state) in zip(groups.flatMap { $0.parameters }, adopted) { setState(state, of: parameter) }
            takeRates(saved)
        }
    }
}

/// A setting of a parameter group, as Python's `param_groups` hold it.
public enum OptimizerOption: Sendable, Hashable {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case doubles([Double])
}

/// State and settings of an optimizer. Parameters are numbered through the groups, as in Python.
public struct OptimizerStateDict {
    /// For each parameter's number, named tensors, for AdamW `step` (0-d float32), `exp_avg` and `exp_avg_sq`.
    public var state: [Int: [(name: String, tensor: Tensor)]]
    /// For each group its settings in Python's order, without `params`.
    public var groups: [(options: [(name: String, value: OptimizerOption)], parameters: [Int])]
    /// Names of states that Python keeps as plain integers; tensors here.
    public var integerStates: Set<String> = []

    public init(
        state: [Int: [(name: String, tensor: Tensor)]],
        groups: [(options: [(name: String, value: OptimizerOption)], parameters: [Int])]
    ) {
        self.state = state
        self.groups = groups
    }
}

/// An optimizer state that does not fit the optimizer.
public struct OptimizerStateError: Error, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

extension Optimizer {
    /// A saved count of steps, as Python keeps it: 0-d float32.
    static func stepTensor(_ steps: Int) -> Tensor { Tensor.full([], Double(steps), dtype: .float32) }

    /// Counts of steps as fused kernels take them: one 0-d tensor for each parameter, on its device; equal ones shared.
    static func stepTensors(_ steps: [Int], for parameters: [Tensor]) -> [Tensor] {
        struct Key: Hashable {
            let steps: Int
            let device: Device
        }
        var made: [Key: Tensor] = [:]
        return zip(steps, parameters).map { steps, parameter in
            let key = Key(steps: steps, device: parameter.device)
            if let tensor = made[key] { return tensor }
            let tensor = Tensor.full([], Double(steps), dtype: .float32, device: parameter.device)
            made[key] = tensor
            return tensor
        }
    }

    /// The state of this name in what a checkpoint held.
    static func tensor(_ name: String, in state: [(name: String, tensor: Tensor)]?) -> Tensor? {
        state?.first { $0.name == name }?.tensor
    }

    /// Checks that `saved` has this optimizer's groups and shapes.
    ///
    /// - Returns: For every parameter in order copies of its tensors, or nil where it has none.
    fileprivate func adopt(_ saved: OptimizerStateDict) throws -> [[(name: String, tensor: Tensor)]?] {
        guard saved.groups.count == groups.count else {
            throw OptimizerStateError(
                "the optimizer state has \(saved.groups.count) parameter groups, the optimizer \(groups.count)")
        }
        for (index, (group, own)) in zip(saved.groups, groups).enumerated()
        where group.parameters.count != own.parameters.count {
            throw OptimizerStateError(
                "group \(index) of the optimizer state has \(group.parameters.count) parameters, the optimizer's "
                    + "\(own.parameters.count)")
        }
        let ids = saved.groups.flatMap { $0.parameters }
        return try zip(ids, groups.flatMap { $0.parameters }).map { id, parameter in
            guard let state = saved.state[id] else { return nil }
            let names = stateNames(of: parameter)
            if let absent = names.first(where: { name in !state.contains { $0.name == name } }) {
                throw OptimizerStateError("the optimizer state of parameter \(id) lacks \(absent)")
            }
            return try state.map { name, tensor in
                let shape = names.contains(name) ? stateShape(name, of: parameter) : tensor.shape
                return (name, try adopt(tensor, name, shape, parameter, id))
            }
        }
    }

    private func adopt(
        _ tensor: Tensor, _ name: String, _ shape: [Int], _ parameter: Tensor, _ id: Int
    ) throws -> Tensor {
        if name == "step" {
            guard tensor.numel == 1 else { throw OptimizerStateError("step of parameter \(id) is not one number") }
            return noGrad { Tensor.empty([], dtype: .float32).copy_(tensor.reshape([])) }
        }
        guard tensor.shape == shape else {
            throw OptimizerStateError(
                "\(name) of parameter \(id) has shape \(tensor.shape), but the parameter needs \(shape)")
        }
        let dtype = tensor.shape == parameter.shape ? parameter.dtype : tensor.dtype
        return noGrad { Tensor.empty(tensor.shape, dtype: dtype, device: parameter.device).copy_(tensor) }
    }

    fileprivate func takeRates(_ saved: OptimizerStateDict) {
        for (index, group) in saved.groups.enumerated() {
            for (name, value) in group.options {
                guard case .double(let number) = value else { continue }
                switch name {
                case "lr": groups[index].learningRate = number
                case "initial_lr": groups[index].initialLearningRate = number
                case "weight_decay": groups[index].weightDecay = number
                default: break
                }
            }
        }
    }
}
