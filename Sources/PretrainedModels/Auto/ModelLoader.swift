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

    /// The model of a folder, with the adapter that lies there: as in Python on the folder's own model where it has one.
    ///
    /// - Returns: In evaluation mode.
    func load(_ folder: URL, ignoreMismatchedSizes: Bool) throws -> PretrainedModel {
        if let adapter = try AdapterFolder(folder) {
            adapter.warnOfTwoModels()
            return try load(adapter, ignoreMismatchedSizes: ignoreMismatchedSizes)
        }
        try configuration.checkLabels()
        return try loadWeights(
            into: makeEmpty(for: folder), folder, ignoreMismatchedSizes: ignoreMismatchedSizes)
    }

    /// - Returns: In evaluation mode.
    func load(_ adapter: AdapterFolder, ignoreMismatchedSizes: Bool) throws -> PretrainedModel {
        try configuration.checkLabels()
        let weights = try adapter.weights()
        let base = try adapter.base()
        let model = try makeEmpty(for: base)
        model.config.nameOrPath = adapter.holdsModel ? base.path : adapter.configuration.baseModelNameOrPath
        _ = try loadWeights(
            into: model, base, ignoreMismatchedSizes: ignoreMismatchedSizes,
            replaced: AdapterFolder.names(in: weights))
        try model.loadAdapter(adapter, weights)
        return model.eval()
    }

    /// Numbers that may be new, beside twice those that the files can hold: a head, a pooling layer.
    private static let newNumbers = 16 << 20

    /// The model before its weights are there. Sizes in the configuration that the weights cannot fill are an error before
    /// memory of that size is taken.
    private func makeEmpty(for folder: URL) throws -> PretrainedModel {
        let bytes = WeightLoading.size(of: folder)
        let budget = ParameterBudget(limit: 2 * min(bytes, 1 << 50) + Self.newNumbers)
        do {
            return try withTorchErrors { try budget { try make(initialize: false) } }
        } catch {
            guard budget.isExceeded else { throw error }
            throw PretrainedModelError.configuration(
                configuration.source,
                "its sizes ask for far more numbers than the weights in \(folder.path) are (\(bytes) bytes)")
        }
    }
}
