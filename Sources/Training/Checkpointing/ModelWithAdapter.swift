public import Torch

/// A model that may have an adapter: then its checkpoints hold the adapter's weights alone.
public protocol ModelWithAdapter: Module {
    /// What `adapter_model.safetensors` holds: the model's own tensors, which loading fills; nil: no adapter, and all weights
    /// are saved.
    var adapterWeights: StateDict? { get }
}
