import Torch

/// The files of a model's weights.
enum WeightFiles {
    static let whole = "model.safetensors"
    static let index = "model.safetensors.index.json"
    static let adapter = "adapter_model.safetensors"

    /// Name and contents of what a checkpoint of the model holds.
    static func saved(_ model: Module) -> (file: String, weights: StateDict) {
        (model as? any ModelWithAdapter)?.adapterWeights.map { (adapter, $0) } ?? (whole, model.stateDict())
    }
}
