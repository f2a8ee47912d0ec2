import Training

/// Which earlier tokens each token sees, in the form that attention takes.
enum CausalMask {
    /// Everything.
    case unmasked
    /// As many keys as queries, each of which sees itself and what is before.
    case causal
    /// Truth values `[N, 1, queries, keys]`.
    case allowed(Tensor)
    /// Numbers to add to the scores, `[N, 1, queries, keys]`.
    case added(Tensor)

    /// - Parameters:
    ///   - rows: N.
    ///   - queries: Number of new tokens, the last ones of a row.
    ///   - keys: Number of all tokens of a row.
    ///   - padding: `[N, keys]`, true for tokens and false for padding; nil: nothing is padded.
    ///   - window: How many tokens each one sees, itself included; nil: all before it.
    ///   - implementation: Decides the form.
    ///   - dtype: Type of the numbers to add.
    init(
        rows: Int, queries: Int, keys: Int, padding: Tensor?, window: Int?, implementation: AttentionImplementation,
        dtype: DType, device: Device
    ) {
        let isWindowed = window.map { keys >= $0 } ?? false
        if implementation == .sdpa, padding == nil, !isWindowed {
            if queries == 1 {
                self = .unmasked
                return
            }
            if queries == keys {
                self = .causal
                return
            }
        }
        let query = Tensor.arange(start: keys - queries, end: keys, device: device).unsqueeze(1)
        let key = Tensor.arange(keys, device: device).unsqueeze(0)
        var allowed = key.le(query)
        if let window { allowed = allowed.logicalAnd(key.gt(query - window)) }
        if let padding { allowed = allowed.logicalAnd(padding.unsqueeze(1).unsqueeze(1)) }
        allowed = allowed.expand([rows, 1, queries, keys])
        switch implementation {
        case .sdpa: self = .allowed(allowed)
        case .eager:
            self = .added(
                Tensor.zeros(allowed.shape, dtype: dtype, device: device)
                    .maskedFill(allowed.logicalNot(), AttentionMask.lowest(dtype)))
        }
    }
}
