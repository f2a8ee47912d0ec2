/// Base class of everything with trainable tensors, as PyTorch's `nn.Module`.
///
/// Parameters (``Parameter``), buffers (``Buffer``) and submodules (``Child``, or plain stored properties that hold
/// modules or arrays of them) are found by reflection, in order of declaration, superclasses first. State-dict keys equal
/// Python's: the property's name in snake_case unless the wrapper gives another.
///
/// ```swift
/// final class Classifier: Module {
///     @Child var fc: Linear                       // fc.weight, fc.bias
///     init(inputSize: Int, labels: Int) { fc = Linear(inputSize, labels) }
///     func callAsFunction(_ x: Tensor) -> Tensor { fc(x) }
/// }
/// ```
/// A module belongs to one thread at a time.
open class Module {
    /// Whether dropout and the like act; true at first. Set by ``train(_:)`` and ``eval()``.
    public private(set) var training = true

    /// Where the parameters are while ``runAsLayer(_:isComputedAgain:preservesRandomState:_:)`` does not run;
    /// nil: they stay in memory.
    public var residence: (any ParameterResidence)?

    private var reflected: ModuleMembers?

    public init() {}

    /// Keys of submodules that come before the others, in this order; the rest follow in order of declaration. For modules
    /// that serve several architectures, whose files and optimizer states list the same parts in different orders.
    open var memberOrder: [String] { [] }

    /// What this module itself holds, found once. Assigning another module or tensor to a property later needs
    /// ``forgetMembers()``.
    var members: ModuleMembers {
        if let reflected { return reflected }
        let found = ModuleMembers(reflecting: self)
        reflected = found
        return found
    }

    /// Makes the next look at parameters and submodules reflect again, after a property was given another object.
    public func forgetMembers() {
        if let reflected { for child in reflected.children { child.module.forgetMembers() } }
        reflected = nil
    }

    /// Switches this module and all below to training mode (or to evaluation with `false`).
    @discardableResult
    public func train(_ mode: Bool = true) -> Self {
        for (_, module) in namedModules() { module.training = mode }
        return self
    }

    /// Switches this module and all below to evaluation mode.
    @discardableResult
    public func eval() -> Self { train(false) }

    /// Runs `body` in evaluation mode and goes back to the mode before, also on an error.
    public func evaluating<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = training
        eval()
        defer { train(before) }
        return try body()
    }
}

/// The direct parameters, buffers and submodules of one module, in order of declaration.
struct ModuleMembers {
    var parameters: [(key: String, tensor: Tensor)] = []
    var buffers: [(key: String, tensor: Tensor, persistent: Bool)] = []
    var children: [(key: String, module: Module)] = []

    init(reflecting module: Module) {
        var levels: [Mirror] = []
        var mirror: Mirror? = Mirror(reflecting: module)
        while let level = mirror, level.subjectType != Module.self {
            levels.append(level)
            mirror = level.superclassMirror
        }
        for level in levels.reversed() {
            for property in level.children {
                guard let label = property.label else { continue }
                add(property.value, label: label)
            }
        }
        let order = module.memberOrder
        guard !order.isEmpty else { return }
        let first = order.compactMap { key in children.first { $0.key == key } }
        children = first + children.filter { !order.contains($0.key) }
    }

    private mutating func add(_ value: Any, label: String) {
        guard let member = value as? any ModuleMember else {
            addChildren(value, key: snakeCase(label))
            return
        }
        // A wrapped property is reflected under its name with an underscore.
        let key = member.memberKey ?? snakeCase(String(label.drop { $0 == "_" }))
        switch member.memberKind {
        case .parameter(let tensor):
            if let tensor { parameters.append((key, tensor)) }
        case .buffer(let tensor, let persistent):
            if let tensor { buffers.append((key, tensor, persistent)) }
        case .child(let value):
            addChildren(value, key: key)
        }
    }

    private mutating func addChildren(_ value: Any, key: String) {
        if let module = value as? Module {
            children.append((key, module))
        } else if let modules = value as? [Module] {
            for (index, module) in modules.enumerated() { children.append((joined(key, "\(index)"), module)) }
        }
    }
}

/// Two parts of a dotted name; an empty one adds nothing.
func joined(_ prefix: String, _ key: String) -> String {
    prefix.isEmpty ? key : key.isEmpty ? prefix : "\(prefix).\(key)"
}

/// `positionEmbeddings` → `position_embeddings`, `layer1` → `layer1`.
func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase {
            if !result.isEmpty, result.last != "_" { result.append("_") }
            result.append(contentsOf: character.lowercased())
        } else {
            result.append(character)
        }
    }
    return result
}
