extension Module {
    /// This module (under the name `prefix`) and all below with their dotted names, parents before children.
    public func namedModules(prefix: String = "") -> [(name: String, module: Module)] {
        var found: [(String, Module)] = [(prefix, self)]
        for (key, child) in members.children {
            found += child.namedModules(prefix: joined(prefix, key))
        }
        return found
    }

    /// The direct submodules.
    public var children: [(name: String, module: Module)] { members.children.map { ($0.key, $0.module) } }

    /// All parameters with their dotted names, in PyTorch's order; a tensor that several modules share is given once,
    /// under its first name.
    public func namedParameters() -> [(name: String, parameter: Tensor)] {
        var seen: Set<ObjectIdentifier> = []
        return namedModules().flatMap { prefix, module in
            module.members.parameters.compactMap { key, tensor in
                seen.insert(ObjectIdentifier(tensor)).inserted
                    ? (joined(prefix, key), tensor) : nil
            }
        }
    }

    /// All parameters, each once.
    public func parameters() -> [Tensor] { namedParameters().map { $0.parameter } }

    /// All buffers with their dotted names.
    public func namedBuffers() -> [(name: String, buffer: Tensor)] {
        namedModules().flatMap { prefix, module in
            module.members.buffers.map { (joined(prefix, $0.key), $0.tensor) }
        }
    }

    /// Runs `body` on every module, children before parents, as PyTorch's `apply`.
    public func apply(_ body: (Module) throws -> Void) rethrows {
        for (_, child) in members.children { try child.apply(body) }
        try body(self)
    }

    /// How many numbers are trained (or held, with `onlyTrainable` false).
    public func numParameters(onlyTrainable: Bool = false) -> Int {
        parameters().reduce(0) { $0 + (onlyTrainable && !$1.requiresGrad ? 0 : $1.numel) }
    }

    /// Switches training of all parameters on or off.
    @discardableResult
    public func requiresGrad(_ value: Bool = true) -> Self {
        for parameter in parameters() { parameter.requiresGrad = value }
        return self
    }

    /// Drops all gradients.
    public func zeroGrad() { clearGradients(parameters()) }

    /// Moves parameters and buffers to `device`, in place; floating ones are converted to `dtype` where it is given.
    @discardableResult
    public func to(device: Device? = nil, dtype: DType? = nil) -> Self {
        noGrad {
            for tensor in parameters() + namedBuffers().map({ $0.buffer }) {
                let type = dtype != nil && tensor.dtype.isFloatingPoint ? dtype : nil
                let moved = tensor.detach().to(device: device ?? tensor.device, dtype: type)
                if !moved.isSame(as: tensor) { tensor.setData(moved) }
                if let grad = tensor.grad { tensor.grad = grad.to(device: device ?? grad.device, dtype: type) }
            }
        }
        return self
    }

    /// Device of the first parameter; the processor for a module without any.
    public var device: Device { parameters().first?.device ?? .cpu }
}
