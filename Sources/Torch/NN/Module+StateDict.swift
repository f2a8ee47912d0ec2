/// Named tensors in PyTorch's order.
public struct StateDict {
    public private(set) var names: [String] = []
    private var tensors: [String: Tensor] = [:]

    public init() {}

    public init(_ entries: some Sequence<(String, Tensor)>) {
        for (name, tensor) in entries { self[name] = tensor }
    }

    public subscript(name: String) -> Tensor? {
        get { tensors[name] }
        set {
            if let newValue {
                if tensors.updateValue(newValue, forKey: name) == nil { names.append(name) }
            } else if tensors.removeValue(forKey: name) != nil {
                names.removeAll { $0 == name }
            }
        }
    }

    public var count: Int { names.count }
    public var entries: [(name: String, tensor: Tensor)] {
        names.compactMap { name in tensors[name].map { (name, $0) } }
    }
}

/// What ``Module/loadStateDict(_:strict:)`` did not find a place for.
public struct LoadReport: Sendable, Hashable {
    /// Keys of the module that the state dict lacks; those tensors keep their values.
    public var missing: [String] = []
    /// Keys of the state dict that the module has no place for.
    public var unexpected: [String] = []

    public init(missing: [String] = [], unexpected: [String] = []) {
        self.missing = missing
        self.unexpected = unexpected
    }
}

/// A state dict that does not fit a module.
public enum StateDictError: Error, Hashable, CustomStringConvertible {
    case keys(missing: [String], unexpected: [String])
    case shapes([String])

    public var description: String {
        switch self {
        case .keys(let missing, let unexpected):
            var parts: [String] = []
            if !missing.isEmpty { parts.append("missing \(Self.list(missing))") }
            if !unexpected.isEmpty { parts.append("unexpected \(Self.list(unexpected))") }
            return "the weights do not fit the model: " + parts.joined(separator: "; ")
        case .shapes(let texts):
            return "the weights do not fit the model: " + Self.list(texts)
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}

extension Module {
    /// Every parameter and persistent buffer under its dotted name. The tensors are the module's own, not copies.
    public func stateDict() -> StateDict {
        var state = StateDict()
        for (prefix, module) in namedModules() {
            let path = prefix.isEmpty ? "" : prefix + "."
            for (key, tensor) in module.members.parameters { state[path + key] = tensor }
            for (key, tensor, persistent) in module.members.buffers where persistent { state[path + key] = tensor }
        }
        return state
    }

    /// Copies values into the module's tensors, converting type and device.
    ///
    /// - Parameters:
    ///   - state: Values by the keys that ``stateDict()`` gives.
    ///   - strict: Whether missing and unexpected keys are errors; true by default.
    /// - Returns: The keys that found no partner.
    /// - Throws: ``StateDictError`` where keys (if `strict`) or shapes do not fit, before anything is changed;
    ///   ``TorchError``.
    @discardableResult
    public func loadStateDict(_ state: StateDict, strict: Bool = true) throws -> LoadReport {
        let own = stateDict()
        let report = LoadReport(
            missing: own.names.filter { state[$0] == nil }, unexpected: state.names.filter { own[$0] == nil })
        if strict, !report.missing.isEmpty || !report.unexpected.isEmpty {
            throw StateDictError.keys(missing: report.missing, unexpected: report.unexpected)
        }
        let pairs = try assignments(of: state)
        try withTorchErrors { noGrad { for (target, source) in pairs { target.copy_(source) } } }
        return report
    }

    /// The module's tensors that a state dict has values for, with the values.
    ///
    /// - Throws: ``StateDictError`` where shapes do not fit.
    public func assignments(of state: StateDict) throws -> [(target: Tensor, source: Tensor)] {
        let pairs = stateDict().entries.compactMap { name, tensor in state[name].map { (name, tensor, $0) } }
        let misfits = pairs.filter { $1.shape != $2.shape }
        guard misfits.isEmpty else {
            throw StateDictError.shapes(misfits.map { "\($0): the weights have \($2.shape), the model \($1.shape)" })
        }
        return pairs.map { ($1, $2) }
    }
}
