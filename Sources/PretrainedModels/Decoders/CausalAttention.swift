import Training

/// Attention of decoders over queries, keys and values that were projected already. Several query heads may share one head
/// of keys and values (Ainslie et al. 2023).
struct CausalAttention {
    let heads: Int
    let keyValueHeads: Int
    /// Factor of the scores.
    let scale: Double
    let dropout: Double
    let implementation: AttentionImplementation

    private var groups: Int { heads / keyValueHeads }

    /// - Parameters:
    ///   - query: `[N, heads, L, size]`
    ///   - key: `[N, keyValueHeads, K, size]`
    ///   - value: As `key`.
    ///   - mask: What is seen.
    ///   - training: Whether dropout acts.
    /// - Returns: `[N, L, heads · size]`
    func callAsFunction(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: CausalMask, training: Bool) -> Tensor {
        let (rows, length, size) = (query.size(0), query.size(2), query.size(3))
        let p = training ? dropout : 0
        let context =
            switch mask {
            case .added(let numbers): eager(query, key, value, numbers, p)
            case .unmasked, .causal:
                query.scaledDotProductAttention(
                    key, value, dropoutP: p, isCausal: mask.isCausal, scale: scale, enableGqa: groups > 1)
            case .allowed(let allowed):
                masked(query, key, value, allowed, p).reshape(rows, heads, length, size)
            }
        return context.transpose(1, 2).reshape(rows, length, heads * size)
    }

    /// A single query of each head is taken as one of several queries of its head of keys; more are given keys of their own.
    private func masked(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ allowed: Tensor, _ p: Double) -> Tensor {
        if groups > 1, query.size(2) == 1 {
            let packed = query.reshape(query.size(0), keyValueHeads, groups, query.size(3))
            return packed.scaledDotProductAttention(key, value, attnMask: allowed, dropoutP: p, scale: scale)
        }
        return query.scaledDotProductAttention(
            repeated(key), repeated(value), attnMask: allowed, dropoutP: p, scale: scale)
    }

    private func eager(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor, _ p: Double) -> Tensor {
        let scores = query.matmul(repeated(key).transpose(2, 3)) * scale + mask
        let weights = scores.softmax(dim: -1, dtype: .float32).to(query.dtype)
        return (p > 0 ? weights.dropout(p: p, train: true) : weights).matmul(repeated(value))
    }

    /// Each head of keys or values as often as query heads share it.
    private func repeated(_ x: Tensor) -> Tensor {
        guard groups > 1 else { return x }
        return x.unsqueeze(2).expand([x.size(0), keyValueHeads, groups, x.size(2), x.size(3)])
            .reshape(x.size(0), heads, x.size(2), x.size(3))
    }
}

extension CausalMask {
    fileprivate var isCausal: Bool { if case .causal = self { true } else { false } }
}
