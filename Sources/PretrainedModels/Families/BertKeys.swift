/// Spellings of BERT's weights in older checkpoints.
enum BertKeys {
    /// The key's present spelling: `gamma` and `beta` of TensorFlow's checkpoints are `weight` and `bias`.
    /// Nil for what is to be passed over.
    static func modern(_ key: String) -> String? {
        // Positions 0, 1, 2, …, which once were saved; nil: no model has them any more.
        if key.hasSuffix("embeddings.position_ids") { return nil }
        if key.hasSuffix("LayerNorm.gamma") { return String(key.dropLast("gamma".count)) + "weight" }
        if key.hasSuffix("LayerNorm.beta") { return String(key.dropLast("beta".count)) + "bias" }
        return key
    }
}
