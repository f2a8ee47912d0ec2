internal import CTorch

/// The rows of a batch laid end to end without padding, for kernels that work on real tokens only. CPU, float32.
///
/// Dropout inside these kernels takes its random numbers from a key for each token, which depends on the seed, the step
/// and the row alone: not on the order of rows, on padding, or on how many ranks share the work.
public struct PackedRows {
    /// Offset of each row's first token, and the number of all tokens at the end.
    public let starts: [Int64]
    /// One `int64` for each token; nil where nothing is dropped.
    let keys: Tensor?
    /// The keys of the rows' first tokens.
    let firstKeys: Tensor?

    /// - Parameters:
    ///   - lengths: Tokens of each row, at least 1.
    ///   - rowKeys: A number for each row from which its tokens' keys come; nil without dropout.
    public init(lengths: [Int], rowKeys: [UInt64]?) {
        var starts: [Int64] = [0]
        starts.reserveCapacity(lengths.count + 1)
        var total: Int64 = 0
        for length in lengths {
            total += Int64(length)
            starts.append(total)
        }
        self.starts = starts
        guard let rowKeys else {
            keys = nil
            firstKeys = nil
            return
        }
        var tokenKeys: [Int64] = []
        tokenKeys.reserveCapacity(Int(total))
        for (length, row) in zip(lengths, rowKeys) {
            for position in 0..<UInt64(length) {
                tokenKeys.append(Int64(bitPattern: mixed(row &+ position &* 0x9E37_79B9_7F4A_7C15)))
            }
        }
        keys = Tensor(tokenKeys)
        firstKeys = Tensor(starts.dropLast().map { tokenKeys[Int($0)] })
    }

    /// Places of the rows' first tokens, `int64 [rows]`.
    public var firstTokens: Tensor { Tensor(Array(starts.dropLast())) }

    public var rowCount: Int { starts.count - 1 }
    public var tokenCount: Int { Int(starts.last ?? 0) }

    /// Key of one row in one step of training.
    public static func rowKey(seed: Int, step: Int, microBatch: Int, row: Int) -> UInt64 {
        var key = UInt64(bitPattern: Int64(seed))
        for part in [step, microBatch, row] {
            key = mixed(key &+ 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: Int64(part)))
        }
        return key
    }

    /// Multi-head attention within each row.
    ///
    /// - Parameters:
    ///   - query: `[tokens, heads * size]`, or `[rows, heads * size]` with `firstOnly`: the rows' first tokens.
    ///   - key: `[tokens, heads * size]`
    ///   - value: `[tokens, heads * size]`
    ///   - heads: Number of attention heads.
    ///   - scale: Factor of the products of queries and keys.
    ///   - dropout: Probability for each attention weight; needs row keys.
    ///   - site: A number of its own for each place of the model that drops.
    ///   - firstOnly: Whether only the rows' first tokens ask.
    /// - Returns: The shape of `query`.
    public func attention(
        query: Tensor, key: Tensor, value: Tensor, heads: Int, scale: Double, dropout: Double = 0, site: Int,
        firstOnly: Bool = false
    ) -> Tensor {
        var out: ct_tensor?
        let keys = keys
        check(
            ct_row_attention(
                query.handle, key.handle, value.handle, starts, rowCount, heads, scale, keys == nil ? 0 : dropout,
                keys?.handle, Int64(site), firstOnly, &out))
        return Tensor(owning: out)
    }

    /// `LayerNorm(residual + dropout(input))`; `[tokens, width]`, or `[rows, width]` with `firstOnly`.
    public func dropoutAddNorm(
        _ input: Tensor, residual: Tensor, norm: LayerNorm, dropout: Double, site: Int, firstOnly: Bool = false
    ) -> Tensor {
        var out: ct_tensor?
        let keys = firstOnly ? firstKeys : keys
        let weight = norm.weight
        let bias = norm.bias ?? norm.weight.zerosLike()
        check(
            ct_dropout_add_norm(
                input.handle, residual.handle, weight.handle, bias.handle, norm.eps, keys == nil ? 0 : dropout,
                keys?.handle, Int64(site), &out))
        return Tensor(owning: out)
    }

    /// Dropout alone; `[tokens, width]`, or `[rows, width]` with `firstOnly`. The input itself without row keys.
    public func dropout(_ input: Tensor, p: Double, site: Int, firstOnly: Bool = false) -> Tensor {
        guard let keys = firstOnly ? firstKeys : keys, p > 0 else { return input }
        var out: ct_tensor?
        check(ct_keyed_dropout(input.handle, p, keys.handle, Int64(site), &out))
        return Tensor(owning: out)
    }
}

/// The finaliser of splitmix64 (Steele et al. 2014).
private func mixed(_ value: UInt64) -> UInt64 {
    var x = value
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
}
