/// A trainable tensor of a ``Module``.
///
/// ```swift
/// @Parameter var weight: Tensor          // state-dict key: weight
/// @Parameter("gamma") var scale: Tensor  // state-dict key: gamma
/// ```
/// Assigned in an initialiser, the plain form reads `weight = Tensor.zeros([3])`, the keyed one
/// `_scale = Parameter("gamma", value)`. The tensor requires gradients from then on. An optional parameter (PyTorch's
/// `register_parameter(name, None)`) is declared `Tensor?`.
@propertyWrapper
public struct Parameter<Value> {
    let key: String?
    public var wrappedValue: Value {
        didSet { Self.prepare(wrappedValue) }
    }

    public init(wrappedValue: Value) {
        self.key = nil
        self.wrappedValue = wrappedValue
        Self.prepare(wrappedValue)
    }

    public init(wrappedValue: Value, _ key: String) { self.init(key, wrappedValue) }

    public init(_ key: String, _ value: Value) {
        self.key = key
        self.wrappedValue = value
        Self.prepare(value)
    }

    private static func prepare(_ value: Value) {
        guard let tensor = value as? Tensor, tensor.dtype.isFloatingPoint, tensor.isLeaf else { return }
        tensor.requiresGrad = true
    }
}

/// A tensor of a ``Module`` that is saved and moved with it but not trained (PyTorch's buffer).
@propertyWrapper
public struct Buffer<Value> {
    let key: String?
    let persistent: Bool
    public var wrappedValue: Value

    /// - Parameters:
    ///   - wrappedValue: The tensor.
    ///   - persistent: Whether the state dict holds it; true by default.
    public init(wrappedValue: Value, persistent: Bool = true) {
        self.key = nil
        self.persistent = persistent
        self.wrappedValue = wrappedValue
    }

    public init(_ key: String, _ value: Value, persistent: Bool = true) {
        self.key = key
        self.persistent = persistent
        self.wrappedValue = value
    }
}

/// A submodule of a ``Module``; needed only where the state-dict key is not the property's name in snake_case.
///
/// ```swift
/// @Child var fc: Linear                                   // state-dict keys: fc.weight, fc.bias
/// @Child("LayerNorm") var layerNorm = LayerNorm([384])    // state-dict keys: LayerNorm.weight, …
/// ```
/// Assigned in an initialiser, the keyed form reads `_layerNorm = Child("LayerNorm", LayerNorm([384]))`. The value is a
/// module, an optional one, or an array of modules (keys `name.0`, `name.1`, …). Plain stored properties that hold
/// modules are found as well. A key may have dots (`attention.self.query`), and the empty key `""` lets the parts of the
/// submodule stand among the module's own.
@propertyWrapper
public struct Child<Value> {
    let key: String?
    public var wrappedValue: Value

    public init(wrappedValue: Value) {
        self.key = nil
        self.wrappedValue = wrappedValue
    }

    public init(wrappedValue: Value, _ key: String) { self.init(key, wrappedValue) }

    public init(_ key: String, _ value: Value) {
        self.key = key
        self.wrappedValue = value
    }
}

/// What reflection finds in a wrapped property, whatever the wrapper's value type.
protocol ModuleMember {
    var memberKey: String? { get }
    var memberKind: MemberKind { get }
}

enum MemberKind {
    case parameter(Tensor?)
    case buffer(Tensor?, persistent: Bool)
    case child(Any)
}

extension Parameter: ModuleMember {
    var memberKey: String? { key }
    var memberKind: MemberKind { .parameter(Self.tensor(wrappedValue)) }
    private static func tensor(_ value: Value) -> Tensor? { value as? Tensor }
}

extension Buffer: ModuleMember {
    var memberKey: String? { key }
    var memberKind: MemberKind { .buffer(wrappedValue as? Tensor, persistent: persistent) }
}

extension Child: ModuleMember {
    var memberKey: String? { key }
    var memberKind: MemberKind { .child(wrappedValue) }
}
