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
open class Optimizer {
    public var groups: [ParameterGroup]

    public init(groups: [ParameterGroup]) { self.groups = groups }

    /// Changes the parameters by their gradients. Parameters without a gradient are left alone.
    ///
    /// - Throws: ``TorchError``.
    open func step() throws { preconditionFailure("an Optimizer subclass must override step()") }

    /// Drops all gradients.
    open func zeroGrad() { clearGradients(groups.flatMap { $0.parameters }) }

    /// State and settings in the layout of Python's `optimizer.state_dict()`.
    open func stateDict() -> OptimizerStateDict {
        preconditionFailure("an Optimizer subclass must override stateDict()")
    }

    /// Takes back what ``stateDict()`` gave, here or in Python.
    ///
    /// - Throws: ``OptimizerStateError`` where it does not fit the parameters.
    open func loadStateDict(_ state: OptimizerStateDict) throws {
        preconditionFailure("an Optimizer subclass must override loadStateDict(_:)")
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
    /// Checks that `state` has this optimizer's groups and shapes, and takes over learning rates and weight decay.
    ///
    /// - Returns: For every parameter in order its named tensors, or nil where it has none.
    func adopt(_ state: OptimizerStateDict, tensors names: [String]) throws -> [[String: Tensor]?] {
        guard state.groups.count == groups.count else {
            throw OptimizerStateError(
                "the optimizer state has \(state.groups.count) parameter groups, the optimizer \(groups.count)")
        }
        for (index, (saved, own)) in zip(state.groups, groups).enumerated()
        where saved.parameters.count != own.parameters.count {
            throw OptimizerStateError(
                "group \(index) of the optimizer state has \(saved.parameters.count) parameters, the optimizer's "
                    + "\(own.parameters.count)")
        }
        let parameters = groups.flatMap { $0.parameters }
        var adopted: [[String: Tensor]?] = []
        for (id, parameter) in zip(state.groups.flatMap { $0.parameters }, parameters) {
            guard let entries = state.state[id] else {
                adopted.append(nil)
                continue
            }
            var tensors: [String: Tensor] = [:]
            for (name, tensor) in entries where names.contains(name) {
                if name != "step", tensor.shape != parameter.shape {
                    throw OptimizerStateError(
                        "\(name) of parameter \(id) has shape \(tensor.shape), the parameter \(parameter.shape)")
                }
                let device = name == "step" ? Device.cpu : parameter.device
                let dtype = name == "step" ? DType.float32 : parameter.dtype
                tensors[name] = noGrad { Tensor.empty(tensor.shape, dtype: dtype, device: device).copy_(tensor) }
            }
            if let absent = names.first(where: { tensors[$0] == nil }) {
                throw OptimizerStateError("the optimizer state of parameter \(id) lacks \(absent)")
            }
            adopted.append(tensors)
        }
        for (index, saved) in state.groups.enumerated() {
            for (name, value) in saved.options {
                guard case .double(let number) = value else { continue }
                switch name {
                case "lr": groups[index].learningRate = number
                case "initial_lr": groups[index].initialLearningRate = number
                case "weight_decay": groups[index].weightDecay = number
                default: break
                }
            }
        }
        return adopted
    }
}
