/// Spellings of BERT's weights in older checkpoints.
enum BertKeys {
    /// The key's present spelling: `gamma` and `beta` of TensorFlow's checkpoints are `weight` and `bias`.
    static func modern(_ key: String) -> String {
        if key.hasSuffix("LayerNorm.gamma") { return String(key.dropLast("gamma".count)) + "weight" }
        if key.hasSuffix("LayerNorm.beta") { return String(key.dropLast("beta".count)) + "bias" }
        return key
    }
}
