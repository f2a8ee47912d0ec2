import Training

/// The layers of a model that get adapters, and the modules that are trained whole: PEFT's rules for names.
struct LoRATargets {
    /// In the model's order.
    let layers: [(name: String, layer: any AdaptableLayer)]
    /// The configuration with what was found out: names of layers in place of defaults and of `all-linear`.
    let configuration: LoRAConfiguration

    /// - Throws: ``PretrainedModelError/argument(_:)`` where nothing fits, or a name stands for something else than a linear
    ///   layer.
    init(_ configuration: LoRAConfiguration, in model: PretrainedModel) throws {
        try configuration.validate()
        let modules = model.namedModules().filter { !$0.name.isEmpty }
        var seen: Set<ObjectIdentifier> = []
        let linear = modules.compactMap { name, module -> (name: String, layer: any AdaptableLayer)? in
            guard let layer = module as? any AdaptableLayer, seen.insert(ObjectIdentifier(layer)).inserted else {
                return nil
            }
            return (name, layer)
        }
        var result = configuration
        switch configuration.targetModules {
        case nil: result.targetModules = .names(try Self.usual(model))
        case .allLinear:
            let outputs = Self.outputs(model, configuration)
            result.targetModules = .names(linear.map(\.name).filter { !outputs.contains($0) })
        case .names, .pattern: break
        }
        let rule = try NameRule(result)
        let whole = Set(model.weightsSavedWhole(result.allModulesToSave))
        layers = try linear.filter { try rule.contains($0.name) && !whole.contains($0.name + ".weight") }
        try Self.refuseOthers(modules, rule)
        guard !layers.isEmpty else {
            throw PretrainedModelError.argument(
                "target_modules \(result.targetModules.map { $0.text } ?? "") name no layer of \(model.architectureName); "
                    + "its linear layers are \(Self.examples(linear.map(\.name)))")
        }
        result.fanInFanOut = layers.contains { $0.layer.isTransposed }
        self.configuration = result
    }

    /// What is usual for a `model_type`: PEFT's table, and for those that it lacks the layers that play the same part.
    private static let usualTargets: [String: [String]] = [
        "bert": ["query", "value"], "roberta": ["query", "value"], "xlm-roberta": ["query", "value"],
        "electra": ["query", "value"], "deberta-v2": ["query_proj", "value_proj"], "gpt2": ["c_attn"],
        "llama": ["q_proj", "v_proj"], "mistral": ["q_proj", "v_proj"], "qwen2": ["q_proj", "v_proj"],
        "qwen3": ["q_proj", "v_proj"], "gemma": ["q_proj", "v_proj"], "gemma2": ["q_proj", "v_proj"],
        // Not in PEFT's.
        "albert": ["query", "value"], "distilbert": ["q_lin", "v_lin"], "mpnet": ["q", "v"], "modernbert": ["Wqkv"],
    ]

    private static func usual(_ model: PretrainedModel) throws -> [String] {
        guard let type = model.config.modelType, let names = usualTargets[type] else {
            throw PretrainedModelError.argument(
                "target_modules must be given: no layers are usual for model_type '\(model.config.modelType ?? "")'")
        }
        return names
    }

    /// Linear layers that `all-linear` leaves out: the scores of the vocabulary, and a classifier.
    private static func outputs(_ model: PretrainedModel, _ configuration: LoRAConfiguration) -> Set<String> {
        // A head whose parts stand among the model's has no name of its own.
        var names = Set(model.namedModules().compactMap { ($0.module as? any OutputLayerHolder)?.outputLayerName })
        if configuration.taskType == .sequenceClassification { names.formUnion(["score", "classifier"]) }
        return names
    }

    /// A module of another kind under a name that is wanted.
    private static func refuseOthers(_ modules: [(name: String, module: Module)], _ rule: NameRule) throws {
        for (name, module) in modules where try module is Embedding && rule.contains(name) {
            throw PretrainedModelError.argument(
                "target_modules name \(name), an embedding; adapters are for linear layers")
        }
    }

    private static func examples(_ names: [String]) -> String {
        var ends: [String] = []
        for name in names {
            let end = name.split(separator: ".").last.map(String.init) ?? name
            if !ends.contains(end) { ends.append(end) }
        }
        return ends.prefix(12).joined(separator: ", ")
    }
}

extension ModuleSelection {
    var text: String {
        switch self {
        case .names(let names): names.map { "'\($0)'" }.joined(separator: ", ")
        case .pattern(let pattern): "'\(pattern)'"
        case .allLinear: "all-linear"
        }
    }
}

/// PEFT's test whether the layer of a name is meant.
private struct NameRule {
    private let targets: NameMatcher
    private let excluded: NameMatcher?
    private let savedWhole: [String]
    private let layers: Set<Int>?
    private let lists: [NamePattern]

    init(_ configuration: LoRAConfiguration) throws {
        targets = try NameMatcher(configuration.targetModules ?? .names([]), "target_modules")
        excluded = try configuration.excludeModules.map { try NameMatcher($0, "exclude_modules") }
        savedWhole = configuration.allModulesToSave
        layers = configuration.layersToTransform.flatMap { $0.isEmpty ? nil : Set($0) }
        lists = try (configuration.layersPattern ?? []).map {
            try NamePattern("(?:.*?\\.)?(?:\($0))\\.(?<index>[0-9]+)\\..*", "layers_pattern")
        }
    }

    func contains(_ name: String) throws -> Bool {
        if try excluded?.matches(name) == true { return false }
        if savedWhole.contains(where: { ".\(name).".contains(".\($0).") }) { return false }
        guard try targets.matches(name) else { return false }
        guard let layers, !targets.isWholeName(name) else { return true }
        return try layerNumber(name).map { layers.contains($0) } ?? false
    }

    /// The number after the list's name; with no list named the first number that has two names before it.
    private func layerNumber(_ name: String) throws -> Int? {
        for list in lists { if let index = try list.index(in: name) { return index } }
        guard lists.isEmpty else { return nil }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let places = parts.indices.dropFirst(2).dropLast()
        return places.lazy.compactMap { parts[$0].allSatisfy(\.isNumber) ? Int(parts[$0]) : nil }.first
    }
}

private struct NameMatcher {
    private let names: Set<String>
    private let pattern: NamePattern?

    init(_ selection: ModuleSelection, _ key: String) throws {
        switch selection {
        case .names(let names):
            self.names = Set(names)
            pattern = nil
        case .pattern(let text):
            names = []
            pattern = try NamePattern(text, key)
        case .allLinear:
            throw PretrainedModelError.argument("\(key) cannot be all-linear")
        }
    }

    func matches(_ name: String) throws -> Bool {
        if let pattern { return try pattern.matches(name) }
        return isWholeName(name) || names.contains { name.hasSuffix("." + $0) }
    }

    func isWholeName(_ name: String) -> Bool { names.contains(name) }
}

/// A module with the layer that gives the model's output, which `all-linear` leaves alone.
protocol OutputLayerHolder: Module {
    /// Its name inside the model; nil: none of its own.
    var outputLayerName: String? { get }
}

extension LanguageHead: OutputLayerHolder {
    // The head's parts stand among the model's.
    var outputLayerName: String? { decoder == nil ? nil : design.decoder }
}

extension LoRAConfiguration {
    /// Rank and factor of the layer of a name.
    ///
    /// - Throws: ``PretrainedModelError/argument(_:)`` for a malformed pattern.
    func strength(of name: String) throws -> (rank: Int, scaling: Double) {
        func isMeant(_ pattern: String, _ key: String) throws -> Bool {
            try NamePattern("(?:.*\\.)?(?:\(pattern))", key).matches(name)
        }
        let rank = try rankPattern.first { try isMeant($0.pattern, "rank_pattern") }?.rank ?? r
        let alpha = try alphaPattern.first { try isMeant($0.pattern, "alpha_pattern") }?.alpha ?? loraAlpha
        return (rank, alpha / (useRslora ? Double(rank).squareRoot() : Double(rank)))
    }
}
