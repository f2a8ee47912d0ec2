import Training

/// The fast path on the CPU: real tokens alone, laid end to end; dropout, residual and normalisation fused; of the last
/// layer only what the first token needs. Its numbers equal the reference's within rounding where nothing is dropped.
extension BertModel {
    /// The pooled first tokens `[N, hidden]`, as ``callAsFunction`` gives them; nil where the fast path does not apply and
    /// the reference must be taken: another device or type (float32, also under bfloat16 autocast, is computed here), eager
    /// attention, unknown lengths or padding within rows.
    func fastPooledOutput(_ inputs: Batch, step: StepContext) -> Tensor? {
        guard let pooler, configuration.attentionImplementation == .sdpa,
            let tokens = PackedTokens(inputs, typeCount: configuration.typeVocabSize),
            embeddings.wordEmbeddings.weight.dtype == .float32, device.kind == .cpu,
            autocastDType(.cpu) != .float16
        else { return nil }
        let drops = training && (hiddenDropout > 0 || attentionDropout > 0)
        let keys = drops ? inputs.rows.map { step.rowKey($0) } : nil
        let rows = PackedRows(lengths: tokens.lengths, rowKeys: keys)

        var hidden = embed(tokens, rows, sparseGradient: step.allowsSparseGradients)
        let last = encoder.layer.count - 1
        for (index, layer) in encoder.layer.enumerated() {
            hidden = encoder.run(index, hidden) { [self] input in
                fastLayer(layer, input, rows, sites: 1 + 3 * index, firstOnly: index == last)
            }
        }
        if last < 0 { hidden = hidden.indexSelect(dim: 0, index: rows.firstTokens) }
        return pooler.dense(hidden).tanh()
    }

    private var hiddenDropout: Double { configuration.hiddenDropoutProb }
    private var attentionDropout: Double { configuration.attentionProbsDropoutProb }

    private func embed(_ tokens: PackedTokens, _ rows: PackedRows, sparseGradient: Bool) -> Tensor {
        // The word table is large and few of its rows are used: its gradient holds just those, where it may.
        let words = embeddings.wordEmbeddings(
            tokens.ids, sparseGradient: sparseGradient, sequenceLength: tokens.width)
        let sum = words + embeddings.tokenTypeEmbeddings(tokens.types) + embeddings.positionEmbeddings(tokens.positions)
        let normal = embeddings.layerNorm(sum)
        return training ? rows.dropout(normal, p: hiddenDropout, site: 0) : normal
    }

    /// One encoder layer over `[tokens, hidden]`; with `firstOnly` just its outputs for the rows' first tokens.
    private func fastLayer(_ layer: BertLayer, _ input: Tensor, _ rows: PackedRows, sites: Int, firstOnly: Bool)
        -> Tensor
    {
        let attention = layer.attention
        let heads = configuration.numAttentionHeads
        let own = firstOnly ? input.indexSelect(dim: 0, index: rows.firstTokens) : input
        // Under autocast the three projections share one conversion; the residual stays float32.
        let narrow = autocastDType(.cpu).map { input.to($0) } ?? input
        let asking = firstOnly ? own : narrow
        let context = rows.attention(
            query: attention.selfAttention.query(asking), key: attention.selfAttention.key(narrow),
            value: attention.selfAttention.value(narrow), heads: heads,
            scale: 1 / Double(configuration.hiddenSize / heads).squareRoot(),
            dropout: training ? attentionDropout : 0, site: sites, firstOnly: firstOnly)
        let dropout = training ? hiddenDropout : 0
        let attended = rows.dropoutAddNorm(
            attention.output.dense(context), residual: own, norm: attention.output.layerNorm, dropout: dropout,
            site: sites + 1, firstOnly: firstOnly)
        let intermediate = layer.intermediate.activation(layer.intermediate.dense(attended))
        return rows.dropoutAddNorm(
            layer.output.dense(intermediate), residual: attended, norm: layer.output.layerNorm, dropout: dropout,
            site: sites + 2, firstOnly: firstOnly)
    }
}

extension StepContext {
    /// Key of a row's dropout in this step.
    func rowKey(_ row: Int) -> UInt64 {
        PackedRows.rowKey(seed: seed, step: globalStep, microBatch: microBatch, row: row)
    }
}

/// The real tokens of a batch padded on the right, laid end to end.
private struct PackedTokens {
    let lengths: [Int]
    /// Length of the padded rows.
    let width: Int
    /// `int64 [tokens]`
    let ids: Tensor
    let types: Tensor
    let positions: Tensor

    /// Nil where lengths are unknown or the padding is not on the right alone.
    init?(_ inputs: Batch, typeCount: Int) {
        guard let lengths = inputs.lengths, let ids = inputs[.inputIds], ids.dim == 2, ids.size(0) == lengths.count,
            ids.dtype == .int64, lengths.allSatisfy({ $0 > 0 })
        else { return nil }
        let width = ids.size(1)
        guard lengths.allSatisfy({ $0 <= width }) else { return nil }
        if let mask = inputs[.attentionMask] {
            guard mask.shape == ids.shape, Self.padsOnTheRight(mask, lengths) else { return nil }
        } else if lengths.contains(where: { $0 != width }) {
            return nil
        }
        guard let flat = Self.pack(ids, lengths) else { return nil }
        self.lengths = lengths
        self.width = width
        self.ids = Tensor(flat)
        positions = Tensor(lengths.flatMap { 0..<Int64($0) })
        if let types = inputs[.tokenTypeIds] {
            guard types.shape == ids.shape, let flat = Self.pack(types, lengths) else { return nil }
            self.types = Tensor(flat)
        } else {
            types = Tensor([Int64](repeating: 0, count: flat.count))
        }
    }

    private static func pack(_ tensor: Tensor, _ lengths: [Int]) -> [Int64]? {
        let width = tensor.size(1)
        return tensor.withUnsafeElements(of: Int64.self) { elements in
            var flat: [Int64] = []
            flat.reserveCapacity(lengths.reduce(0, +))
            for (row, length) in lengths.enumerated() {
                flat.append(contentsOf: elements[row * width..<row * width + length])
            }
            return flat
        }
    }

    private static func padsOnTheRight(_ mask: Tensor, _ lengths: [Int]) -> Bool {
        let width = mask.size(1)
        let result = mask.withUnsafeElements(of: Int64.self) { elements in
            lengths.enumerated().allSatisfy { row, length in
                let values = elements[row * width..<(row + 1) * width]
                return values.prefix(length).allSatisfy { $0 == 1 } && values.dropFirst(length).allSatisfy { $0 == 0 }
            }
        }
        return result ?? false
    }
}
