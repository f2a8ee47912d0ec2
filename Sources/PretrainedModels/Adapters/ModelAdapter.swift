public import Training

/// The adapter that a ``PretrainedModel`` has.
public struct ModelAdapter {
    /// With what was found out on the model: names of layers in place of defaults, the modules that the task brings.
    public let configuration: LoRAConfiguration
    /// The layers that have one, under the model's names.
    public let layers: [(name: String, layer: any AdaptableLayer)]
    /// Names of the model's tensors that are trained whole, those of ``LoRAConfiguration/modulesToSave``.
    let savedWhole: [String]
    /// Names of biases that are trained.
    let biases: [String]

    /// What the adapter's file holds: the model's own tensors under PEFT's names.
    func weights(of model: PretrainedModel) -> StateDict {
        let state = model.stateDict()
        var result = StateDict()
        func add(_ name: String, as key: String? = nil) {
            if let tensor = state[name] { result[AdapterFolder.prefix + (key ?? name)] = tensor }
        }
        for (name, _) in layers {
            for matrix in ["lora_A", "lora_B"] { add("\(name).\(matrix).weight") }
        }
        for name in savedWhole { add(name) }
        let adapted = Set(layers.map { $0.name + ".bias" })
        for name in biases where !savedWhole.contains(name) {
            add(name, as: adapted.contains(name) ? name.dropLast(4) + "base_layer.bias" : nil)
        }
        return result
    }
}

extension ModelAdapter {
    /// How many numbers PEFT holds twice: what is trained whole, beside its first values.
    func copiedParameters(of model: PretrainedModel) -> Int {
        let state = model.stateDict()
        return savedWhole.reduce(0) { $0 + (state[$1]?.numel ?? 0) }
    }
}

extension PretrainedModel {
    /// Puts low-rank adapters on the model, freezes its own weights, and leaves the adapters (and what
    /// ``LoRAConfiguration/modulesToSave`` names) to train. The numbers are PEFT's, drawn from the CPU's generator.
    ///
    /// From then on ``savePretrained(_:)-(URL)`` and the trainer's checkpoints hold the adapter's files alone. New layers
    /// that ``LoRAConfiguration/modulesToSave`` does not cover stay as they were drawn and are not saved, as with PEFT; a
    /// warning names them.
    ///
    /// - Parameter configuration: Which layers, and of what rank.
    /// - Throws: ``PretrainedModelError/argument(_:)`` where there is one already, or the configuration fits no layer.
    public func addAdapter(_ configuration: LoRAConfiguration) throws {
        try putAdapter(configuration, initialize: true)
        let lost = lostLayers
        guard !lost.isEmpty else { return }
        Warnings.warn(
            "new layers that the adapter neither trains nor saves, so that each loading draws them anew: "
                + "\(shortened(lost)); modulesToSave (--lora-modules-to-save) takes such names")
    }

    /// Layers that were drawn when the model was loaded, and that the adapter's file will lack.
    private var lostLayers: [String] {
        guard let adapter else { return [] }
        let kept = Set(adapter.savedWhole + adapter.biases)
        var layers: [String] = []
        for name in drawnWeights where !kept.contains(name) {
            let layer = name.split(separator: ".").dropLast().joined(separator: ".")
            if layers.last != layer { layers.append(layer) }
        }
        return layers
    }

    /// - Parameter initialize: Whether the matrices are drawn; false: zeros, to be loaded.
    func putAdapter(_ configuration: LoRAConfiguration, initialize: Bool) throws {
        guard adapter == nil else {
            throw PretrainedModelError.argument("the model has an adapter already; merge it with mergeAndUnload()")
        }
        let targets = try LoRATargets(configuration, in: self)
        let strengths = try targets.layers.map { try targets.configuration.strength(of: $0.name) }
        var found = targets.configuration
        found.baseModelNameOrPath = configuration.baseModelNameOrPath ?? config.nameOrPath
        if found.taskType == nil { found.modelClass = found.modelClass ?? architectureName }
        if !found.allModulesToSave.isEmpty { found.modulesToSave = found.allModulesToSave }
        let names = stateDict().names
        let whole = weightsSavedWhole(found.allModulesToSave)
        try withTorchErrors {
            for ((_, layer), strength) in zip(targets.layers, strengths) {
                let matrices = LowRankAdapter(
                    layer.inFeatures, layer.outFeatures, rank: strength.rank, scaling: strength.scaling,
                    dropout: found.loraDropout, initialization: initialize ? found.initLoraWeights.drawing : nil)
                let isHalf = [.float16, .bfloat16].contains(layer.weight.dtype)
                matrices.to(device: layer.weight.device, dtype: isHalf ? .float32 : layer.weight.dtype)
                matrices.train(layer.training)
                layer.adapter = matrices
            }
        }
        let biases: [String] =
            switch found.bias {
            case .none: []
            case .all: names.filter { $0 == "bias" || $0.hasSuffix(".bias") }
            case .loraOnly: targets.layers.map { $0.name + ".bias" }.filter(Set(names).contains)
            }
        adapter = ModelAdapter(configuration: found, layers: targets.layers, savedWhole: whole, biases: biases)
        trainAdapterAlone()
    }

    /// Tensors of modules whose name ends as one of `modules`: PEFT compares ends, so that `classifier` stands for
    /// `pre_classifier` too.
    func weightsSavedWhole(_ modules: [String]) -> [String] {
        guard !modules.isEmpty else { return [] }
        return stateDict().names.filter { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            return (1..<max(parts.count, 1)).contains { count in
                let path = parts.prefix(count).joined(separator: ".")
                return modules.contains { path.hasSuffix($0) }
            }
        }
    }

    /// Freezes everything but the adapter.
    private func trainAdapterAlone() {
        guard let adapter else { return }
        requiresGrad(false)
        for (_, layer) in adapter.layers { layer.adapter?.requiresGrad() }
        let trained = Set(adapter.savedWhole + adapter.biases)
        for (name, tensor) in stateDict().entries where trained.contains(name) && tensor.dtype.isFloatingPoint {
            tensor.requiresGrad = true
        }
    }

    /// Adds the adapters' products to the weights, so that they cost nothing; ``unmergeAdapter()`` takes them out again.
    ///
    /// - Throws: ``PretrainedModelError/argument(_:)`` where there is no adapter; `TorchError`.
    public func mergeAdapter() throws {
        let adapter = try requireAdapter()
        try withTorchErrors { for (_, layer) in adapter.layers { layer.mergeAdapter() } }
    }

    /// Takes the adapters' products out of the weights; rounding may leave a trace, as in Python.
    ///
    /// - Throws: ``PretrainedModelError/argument(_:)`` where there is no adapter; `TorchError`.
    public func unmergeAdapter() throws {
        let adapter = try requireAdapter()
        try withTorchErrors { for (_, layer) in adapter.layers { layer.unmergeAdapter() } }
    }

    /// Merges the adapter and takes it off: a plain model again, all of which is trained and saved.
    ///
    /// - Throws: ``PretrainedModelError/argument(_:)`` where there is no adapter; `TorchError`.
    public func mergeAndUnload() throws {
        try mergeAdapter()
        for (_, layer) in adapter?.layers ?? [] { layer.adapter = nil }
        adapter = nil
        requiresGrad()
    }

    private func requireAdapter() throws -> ModelAdapter {
        guard let adapter else { throw PretrainedModelError.argument("the model has no adapter") }
        return adapter
    }
}

extension LoRAInitialization {
    fileprivate var drawing: LowRankAdapter.Initialization {
        switch self {
        case .zero: .zero
        case .gaussian: .gaussian
        case .random: .random
        }
    }
}
