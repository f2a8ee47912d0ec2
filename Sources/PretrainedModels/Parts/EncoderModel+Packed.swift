import Training

/// The fast path on the CPU: real tokens alone, laid end to end; dropout, residual and normalisation fused; of the last
/// layer only what is asked for. Its numbers equal the reference's within rounding where nothing is dropped.
extension EncoderModel {
    /// Whether the fast path takes batches, where they and the step allow it.
    var isPackable: Bool {
        configuration.attentionImplementation == .sdpa && configuration.isPlain
            && embeddings.wordEmbeddings.weight.dtype == .float32 && device.kind == .cpu
    }

    /// The hidden states of all tokens; nil where the fast path does not apply.
    func packedStates(_ inputs: Batch) -> TokenStates? {
        guard let run = PackedRun(inputs, self) else { return nil }
        return TokenStates(packed(run, firstOnly: false), run.tokens, run.rows)
    }

    /// The hidden states of the rows' first tokens, `[N, hidden]`; nil where the fast path does not apply.
    func packedFirstTokens(_ inputs: Batch) -> Tensor? {
        guard let run = PackedRun(inputs, self) else { return nil }
        return packed(run, firstOnly: true)
    }

    private func packed(_ run: PackedRun, firstOnly: Bool) -> Tensor {
        var hidden = embed(run)
        let last = layers.count - 1
        for index in layers.indices {
            hidden = self.run(index, hidden) { [self] layer, input in
                fastLayer(layer, input, run.rows, sites: 1 + 3 * index, firstOnly: firstOnly && index == last)
            }
        }
        return last < 0 && firstOnly ? hidden.indexSelect(dim: 0, index: run.rows.firstTokens) : hidden
    }

    private func embed(_ run: PackedRun) -> Tensor {
        // The word table is large and few of its rows are used: its gradient holds just those, where it may.
        let sum = embeddings.sum(
            run.tokens.ids, run.tokens.types, run.tokens.positions, sparseGradient: run.allowsSparseGradients,
            sequenceLength: run.tokens.width)
        let normal = embeddings.layerNorm(sum)
        let dropped = training ? run.rows.dropout(normal, p: configuration.hiddenDropoutProb, site: 0) : normal
        return embeddingProjection.map { $0(dropped) } ?? dropped
    }

    /// One encoder layer over `[tokens, hidden]`; with `firstOnly` just its outputs for the rows' first tokens.
    private func fastLayer(_ layer: EncoderLayer, _ input: Tensor, _ rows: PackedRows, sites: Int, firstOnly: Bool)
        -> Tensor
    {
        let attention = layer.selfAttention
        let own = firstOnly ? input.indexSelect(dim: 0, index: rows.firstTokens) : input
        // Under autocast the three projections share one conversion; the residual stays float32.
        let narrow = autocastDType(.cpu).map { input.to($0) } ?? input
        let asking = firstOnly ? own : narrow
        let context = rows.attention(
            query: attention.query(asking), key: attention.key(narrow), value: attention.value(narrow),
            heads: attention.heads, scale: 1 / Double(attention.size).squareRoot(),
            dropout: training ? attention.dropout : 0, site: sites, firstOnly: firstOnly)
        let attended = rows.dropoutAddNorm(
            layer.attentionOutput(context), residual: own, norm: layer.attentionNorm,
            dropout: training ? configuration.attentionOutputDropout : 0, site: sites + 1, firstOnly: firstOnly)
        let intermediate = layer.activation(layer.intermediate(attended))
        return rows.dropoutAddNorm(
            layer.output(intermediate), residual: attended, norm: layer.outputNorm,
            dropout: training ? configuration.outputDropout : 0, site: sites + 2, firstOnly: firstOnly)
    }
}

/// A batch that the fast path can take.
private struct PackedRun {
    let tokens: PackedTokens
    let rows: PackedRows
    let allowsSparseGradients: Bool

    /// nil where the reference must be taken: the batch's step does not ask for speed, another device or type (float32,
    /// also under bfloat16 autocast, is computed here), eager attention, unknown lengths or padding within rows.
    init?<Family: EncoderFamily>(_ inputs: Batch, _ model: EncoderModel<Family>) {
        guard let step = inputs.step, step.isFast, model.isPackable,
            let tokens = PackedTokens(inputs, model.configuration.positions), autocastDType(.cpu) != .float16
        else { return nil }
        // Heads may drop where the encoder does not.
        let keys = model.training ? inputs.rows.map { step.rowKey($0) } : nil
        self.tokens = tokens
        rows = PackedRows(lengths: tokens.lengths, rowKeys: keys)
        allowsSparseGradients = step.allowsSparseGradients
    }
}
