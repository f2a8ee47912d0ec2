import Foundation
import Training

/// Makes the model of a configuration with the head of a task, and loads it: whole, or a model with an adapter on it.
struct ModelLoader {
    /// nil: the model without a head.
    let task: HeadTask?
    let configuration: ModelConfiguration

    func make(initialize: Bool) throws -> PretrainedModel {
        let architecture = try ModelRegistry.architecture(of: configuration)
        guard let task else { return try architecture.makeModel(configuration, initialize) }
        guard let make = architecture.heads[task] else {
            throw PretrainedModelError.configuration(
                configuration.source, "\(architecture.modelType) has no \(task.rawValue)")
        }
        return try make(configuration, initialize)
    }

    /// - Returns: In evaluation mode.
    func load(_ folder: URL, ignoreMismatchedSizes: Bool) throws -> PretrainedModel {
        try configuration.checkLabels()
        guard let adapter = try AdapterFolder(folder) else {
            let model = try withTorchErrors { try make(initialize: false) }
            return try loadWeights(into: model, folder, ignoreMismatchedSizes: ignoreMismatchedSizes)
        }
        let weights = try adapter.weights()
        let base = try adapter.base()
        let model = try withTorchErrors { try make(initialize: false) }
        model.config.nameOrPath = adapter.configuration.baseModelNameOrPath
        _ = try loadWeights(
            into: model, base, ignoreMismatchedSizes: ignoreMismatchedSizes,
            replaced: AdapterFolder.names(in: weights))
        try model.loadAdapter(adapter, weights)
        return model.eval()
    }
}
