/// Element-wise functions between layers, by the names that model configurations use.
public enum Activation: String, Sendable, Hashable, CaseIterable {
    case gelu
    case geluNew = "gelu_new"
    case relu
    case silu
    case swish
    case tanh
    case sigmoid
    case mish
    case linear

    public func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: x.gelu()
        case .geluNew: x.gelu(approximate: "tanh")
        case .relu: x.relu()
        case .silu, .swish: x.silu()
        case .tanh: x.tanh()
        case .sigmoid: x.sigmoid()
        case .mish: x.mish()
        case .linear: x
        }
    }
}

/// An ``Activation`` as a module without parameters.
public final class ActivationLayer: Module {
    public let activation: Activation
    public init(_ activation: Activation) { self.activation = activation }
    public func callAsFunction(_ x: Tensor) -> Tensor { activation(x) }
}
