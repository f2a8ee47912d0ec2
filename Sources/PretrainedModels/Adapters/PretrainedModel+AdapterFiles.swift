public import Foundation
public import Training

extension PretrainedModel {
    /// Puts the adapter of a folder on the model: one of PEFT's, or one that was saved here. It can be trained further.
    ///
    /// - Parameter folder: With `adapter_config.json` and `adapter_model.safetensors` (or `.bin`).
    /// - Throws: ``PretrainedModelError`` where the folder holds none that is supported, or one that does not fit; then the
    ///   model is as before.
    public func loadAdapter(folder: URL) throws {
        guard let found = try AdapterFolder(folder) else {
            throw PretrainedModelError.argument(
                "\(folder.path) holds no adapter: it has no \(LoRAConfiguration.fileName)")
        }
        try loadAdapter(found.onNamedModel, found.weights())
    }

    /// The folder at `path`; see the other form.
    public func loadAdapter(folder path: String) throws { try loadAdapter(folder: URL(filePath: path)) }

    func loadAdapter(_ source: AdapterFolder, _ weights: StateDict) throws {
        let loading = AdapterLoading(source: source.folder, weights: weights, model: self)
        var configuration = source.configuration
        if source.holdsModel { configuration.baseModelNameOrPath = source.folder.path }
        try loading.checkSizes(configuration)
        try putAdapter(configuration, initialize: false)
        do {
            try loading.copy()
        } catch {
            for (_, layer) in adapter?.layers ?? [] { layer.adapter = nil }
            adapter = nil
            requiresGrad()
            throw error
        }
    }

    /// The files beside the weights: what Python writes, and for an adapter the model's configuration as well, which keeps
    /// the labels. Its name is not `config.json`, for Python takes a folder with that for a whole model.
    var filesBesideWeights: [(name: String, contents: Data)] {
        let own = configurationToSave().fileContents
        guard let adapter else { return [("config.json", own)] + companionFiles }
        return [
            (AdapterFolder.modelConfiguration, own), (LoRAConfiguration.fileName, adapter.configuration.fileContents),
        ]
    }
}

extension PretrainedModel: ModelWithAdapter {
    public var adapterWeights: StateDict? { adapter?.weights(of: self) }
}

/// Copies an adapter's weights into a model.
private struct AdapterLoading {
    let source: URL
    let weights: StateDict
    let model: PretrainedModel

    /// What the configuration asks for must be what the file has, before anything of that size is made.
    func checkSizes(_ configuration: LoRAConfiguration) throws {
        let targets = try LoRATargets(configuration, in: model)
        for (name, layer) in targets.layers {
            let rank = try targets.configuration.strength(of: name).rank
            try check("\(AdapterFolder.prefix)\(name).lora_A.weight", [rank, layer.inFeatures])
            try check("\(AdapterFolder.prefix)\(name).lora_B.weight", [layer.outFeatures, rank])
        }
    }

    private func check(_ key: String, _ shape: [Int]) throws {
        guard let found = weights[key] else { throw misfit("it lacks \(key)") }
        guard found.shape == shape else {
            throw misfit("\(key) is \(found.shape) in the file, \(shape) by model and adapter_config.json")
        }
    }

    /// The adapter's own tensors must all be there; others of the file belong to the model below, as resized embeddings.
    func copy() throws {
        let own = model.adapterWeights ?? StateDict()
        for (key, tensor) in own.entries {
            guard weights[key] != nil || key.hasSuffix(".bias") && !isSavedWhole(key) else {
                throw misfit("it lacks \(key)")
            }
            if weights[key] != nil { try checkHead(key, tensor) }
        }
        let state = model.stateDict()
        var pairs: [(Tensor, Tensor)] = []
        var unknown: [String] = []
        for (key, tensor) in weights.entries where !key.contains(".original_module.") {
            guard let target = own[key] ?? state[modelName(key)] else {
                unknown.append(key)
                continue
            }
            guard target.shape == tensor.shape else {
                throw misfit("\(key) is \(tensor.shape) in the file, \(target.shape) in the model")
            }
            pairs.append((target, tensor))
        }
        try withTorchErrors { noGrad { for (target, tensor) in pairs { target.copy_(tensor) } } }
        if !unknown.isEmpty {
            Warnings.warn("weights of the adapter in \(source.path) that the model does not use: \(shortened(unknown))")
        }
    }

    /// PEFT wraps the layers that it changes, and with all biases writes some tensors under the wrapped names too.
    private func modelName(_ key: String) -> String {
        let name = key.hasPrefix(AdapterFolder.prefix) ? String(key.dropFirst(AdapterFolder.prefix.count)) : key
        return name.replacing(".base_layer.", with: ".").replacing(".modules_to_save.", with: ".")
    }

    private func isSavedWhole(_ key: String) -> Bool {
        model.adapter?.savedWhole.contains(String(key.dropFirst(AdapterFolder.prefix.count))) ?? false
    }

    private func checkHead(_ key: String, _ tensor: Tensor) throws {
        guard let found = weights[key], found.shape != tensor.shape else { return }
        let hint = isSavedWhole(key) ? "; numLabels says for how many labels the model is" : ""
        throw misfit("\(key) is \(found.shape) in the file, \(tensor.shape) in the model\(hint)")
    }

    private func misfit(_ reason: String) -> PretrainedModelError {
        .misfit(file: source.path, "the adapter does not fit the model: \(reason)")
    }
}
