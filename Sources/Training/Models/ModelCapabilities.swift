/// A model that can compute parts of itself again in the backward pass instead of keeping what they make (Python's
/// `activation_checkpointing_enable`); see `TrainingArguments.activationCheckpointing`.
public protocol ActivationCheckpointingModel: AnyObject {
    /// Which layers do so while training, by `checkpoint(_:preservesRandomState:_:)`; nil: none.
    var activationCheckpointing: ActivationCheckpointingOptions? { get set }
}

/// A model that says which table its tokens' vectors come from (Python's `get_input_embeddings`); see
/// `TrainingArguments.neftuneNoiseAlpha`.
public protocol InputEmbeddingModel: AnyObject {
    /// Adds the noise of NEFTune where its `noiseAlpha` is set.
    var inputEmbedding: Embedding { get }
}
