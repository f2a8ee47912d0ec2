public import Torch

/// A model that can compute parts of itself again in the backward pass instead of keeping what they make (Python's
/// `activation_checkpointing_enable`); see `TrainingArguments.activationCheckpointing`.
public protocol ActivationCheckpointingModel: AnyObject {
    /// Which layers do so while training, by `Module.runAsLayer`; nil: none.
    var activationCheckpointing: ActivationCheckpointingOptions? { get set }
    /// The layers in the order in which a forward pass runs them, each by `Module.runAsLayer`; one that runs several times
    /// comes as often. Needed for `fsdp` `full_shard`. Default: none.
    var checkpointedLayers: [Module] { get }
}

extension ActivationCheckpointingModel {
    public var checkpointedLayers: [Module] { [] }
}

/// A model that says which table its tokens' vectors come from (Python's `get_input_embeddings`); see
/// `TrainingArguments.neftuneNoiseAlpha`.
public protocol InputEmbeddingModel: AnyObject {
    /// Adds the noise of NEFTune where its `noiseAlpha` is set.
    var inputEmbedding: Embedding { get }
}

/// A model with large tables of which a batch uses few rows, such as word embeddings, and whose gradients then hold those rows
/// alone where ``StepContext/allowsSparseGradients`` lets them.
///
/// Several ranks on CPUs send each other the rows of such a gradient in place of the whole table, with ``Numerics/fast``
/// numerics and AdamW, and as they are whatever `ddpCommHook` says.
public protocol ModelWithRowGradients {
    /// The tables `[rows, width]`: all that may get such gradients. One that gets a whole gradient all the same is sent as a whole, though only when the
    /// backward pass has ended.
    var tablesWithRowGradients: [Tensor] { get }
}
