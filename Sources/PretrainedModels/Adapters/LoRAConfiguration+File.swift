public import Foundation
import OrderedJSON

/// `adapter_config.json`, as PEFT writes and reads it.
extension LoRAConfiguration {
    public static let fileName = "adapter_config.json"
    /// The version of PEFT whose files these are.
    static let peftVersion = "0.21.2"
    private static let longestFile = 16 << 20

    /// Reads the file of an adapter's folder.
    ///
    /// - Throws: ``PretrainedModelError/configuration(_:_:)`` for another kind of adapter, and for settings that are not
    ///   supported, by name; `JSONError`.
    public init(folder: URL) throws {
        let url = folder.appending(path: Self.fileName)
        let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
        guard let size, size <= Self.longestFile, let data = try? Data(contentsOf: url) else {
            throw PretrainedModelError.configuration(url.path, "it is not there, or too large for a configuration")
        }
        let json = try JSONValue(parsing: data, source: url.path)
        guard let object = json.objectValue else {
            throw PretrainedModelError.configuration(url.path, "it holds no JSON object")
        }
        try self.init(ModelConfiguration(object, source: url.path))
    }

    private init(_ file: ModelConfiguration) throws {
        self.init()
        let type = try file.string("peft_type", default: "")
        guard type == "LORA" else { throw file.invalid("peft_type", .string(type), "supported: LORA") }
        try Self.refuseUnsupported(file)
        if let value = file.given("task_type") {
            guard let task = value.stringValue.flatMap(AdapterTask.init(rawValue:)) else {
                throw file.invalid(
                    "task_type", value, "supported: \(AdapterTask.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            taskType = task
        }
        r = try file.int("r", default: 8, in: 1...(1 << 20))
        loraAlpha = try file.double("lora_alpha", default: 8, in: -1e9...1e9)
        loraDropout = try file.double("lora_dropout", default: 0, in: 0...0.999999)
        targetModules = try file.selection("target_modules")
        excludeModules = try file.selection("exclude_modules")
        modulesToSave = try file.names("modules_to_save")
        let bias = try file.string("bias", default: "none")
        guard let bias = AdapterBias(rawValue: bias) else {
            throw file.invalid("bias", .string(bias), "supported: none, all, lora_only")
        }
        self.bias = bias
        useRslora = try file.truth("use_rslora")
        fanInFanOut = try file.truth("fan_in_fan_out")
        initLoraWeights = try Self.initialization(file)
        layersToTransform = try file.numbers("layers_to_transform")
        layersPattern = try file.names("layers_pattern")
        rankPattern = try file.patterns("rank_pattern").map { pattern, value in
            guard let rank = value.intValue else {
                throw file.invalid("rank_pattern", value, "a whole number is expected")
            }
            return (pattern, rank)
        }
        alphaPattern = try file.patterns("alpha_pattern").map { pattern, value in
            guard let alpha = value.doubleValue else {
                throw file.invalid("alpha_pattern", value, "a number is expected")
            }
            return (pattern, alpha)
        }
        modelClass = file["auto_mapping"]?["base_model_class"]?.stringValue
        let base = try file.string("base_model_name_or_path", default: "")
        baseModelNameOrPath = base.isEmpty ? nil : base
        revision = file.given("revision") == nil ? nil : try file.string("revision", default: "")
    }

    private static func initialization(_ file: ModelConfiguration) throws -> LoRAInitialization {
        switch file.given("init_lora_weights") {
        case nil, .bool(true): return .zero
        case .bool(false): return .random
        case .string(let name) where name.lowercased() == "gaussian": return .gaussian
        // The others begin by taking apart the model's weights, which are saved changed; what is loaded later is as usual.
        case let value?: throw file.invalid("init_lora_weights", value, "supported: true, false, \"gaussian\"")
        }
    }

    /// Keys that change nothing here, whatever their value.
    private static let inert: Set<String> = [
        "auto_mapping", "inference_mode", "peft_version", "megatron_core", "qalora_group_size", "runtime_config",
    ]
    private static let known: Set<String> = [
        "peft_type", "task_type", "r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules",
        "modules_to_save", "bias", "use_rslora", "fan_in_fan_out", "init_lora_weights", "layers_to_transform",
        "layers_pattern", "rank_pattern", "alpha_pattern", "base_model_name_or_path", "revision",
    ]

    /// What is not supported must be absent, null, false or empty.
    private static func refuseUnsupported(_ file: ModelConfiguration) throws {
        for (key, value) in file.values where !inert.contains(key) && !known.contains(key) {
            switch value {
            case .null, .bool(false): continue
            case .array(let items) where items.isEmpty: continue
            case .object(let members) where members.isEmpty: continue
            default: throw file.invalid(key, value, "this kind of adapter is not supported")
            }
        }
    }

    /// The file's text as PEFT writes it.
    var fileContents: Data {
        var object: JSONObject = [
            "alora_invocation_tokens": nil, "arrow_config": nil, "corda_config": nil, "ensure_weight_tying": false,
            "eva_config": nil, "inference_mode": true, "kasa_config": nil, "layer_replication": nil,
            "loftq_config": [:], "lora_bias": false, "lora_ga_config": nil, "megatron_config": nil,
            "megatron_core": "megatron.core", "monteclora_config": nil, "peft_type": "LORA",
            "qalora_group_size": 16, "target_parameters": nil, "trainable_token_indices": nil, "use_bdlora": nil,
            "use_dora": false, "use_qalora": false, "velora_config": nil,
        ]
        object["peft_version"] = .string(Self.peftVersion)
        object["auto_mapping"] =
            modelClass.map { ["base_model_class": .string($0), "parent_library": "transformers"] } ?? .null
        object["task_type"] = taskType.map { .string($0.rawValue) } ?? .null
        object["base_model_name_or_path"] = baseModelNameOrPath.map { .string($0) } ?? .null
        object["revision"] = revision.map { .string($0) } ?? .null
        object["r"] = .int(r)
        object["lora_alpha"] = Self.number(loraAlpha)
        object["lora_dropout"] = .double(loraDropout)
        object["target_modules"] = targetModules.map { $0.json } ?? .null
        object["exclude_modules"] = excludeModules.map { $0.json } ?? .null
        let saved = allModulesToSave
        object["modules_to_save"] = modulesToSave == nil && saved.isEmpty ? .null : .array(saved.map { .string($0) })
        object["bias"] = .string(bias.rawValue)
        object["use_rslora"] = .bool(useRslora)
        object["fan_in_fan_out"] = .bool(fanInFanOut)
        object["init_lora_weights"] =
            switch initLoraWeights {
            case .zero: true
            case .random: false
            case .gaussian: "gaussian"
            }
        object["layers_to_transform"] = layersToTransform.map { .array($0.map { .int($0) }) } ?? .null
        object["layers_pattern"] = layersPattern.map { .array($0.map { .string($0) }) } ?? .null
        var ranks = JSONObject()
        for (pattern, rank) in rankPattern { ranks[pattern] = .int(rank) }
        object["rank_pattern"] = .object(ranks)
        var alphas = JSONObject()
        for (pattern, alpha) in alphaPattern { alphas[pattern] = Self.number(alpha) }
        object["alpha_pattern"] = .object(alphas)
        // Sorted as in Python, but for the patterns: of two that fit a layer the first counts.
        var sorted = JSONObject()
        for key in object.keys.sorted() { sorted[key] = object[key] }
        return Data(JSONValue.object(sorted).serialized(JSONFormat(indent: 2)).utf8)
    }

    /// Python keeps whole numbers whole.
    private static func number(_ value: Double) -> JSONValue {
        Int(exactly: value).map { .int($0) } ?? .double(value)
    }
}

extension ModuleSelection {
    fileprivate var json: JSONValue {
        switch self {
        case .names(let names): .array(names.map { .string($0) })
        case .pattern(let pattern): .string(pattern)
        case .allLinear: "all-linear"
        }
    }
}

// Typed reading of what only adapters have.
extension ModelConfiguration {
    fileprivate func given(_ key: String) -> JSONValue? {
        guard let value = self[key], value != .null else { return nil }
        return value
    }

    fileprivate func truth(_ key: String) throws -> Bool {
        guard let value = given(key) else { return false }
        guard let truth = value.boolValue else { throw invalid(key, value, "true or false is expected") }
        return truth
    }

    fileprivate func names(_ key: String) throws -> [String]? {
        guard let value = given(key) else { return nil }
        if let name = value.stringValue { return [name] }
        let names = value.arrayValue?.compactMap(\.stringValue)
        guard let names, names.count == value.arrayValue?.count else {
            throw invalid(key, value, "a list of names is expected")
        }
        return names
    }

    fileprivate func numbers(_ key: String) throws -> [Int]? {
        guard let value = given(key) else { return nil }
        if let number = value.intValue { return [number] }
        let numbers = value.arrayValue?.compactMap(\.intValue)
        guard let numbers, numbers.count == value.arrayValue?.count else {
            throw invalid(key, value, "a list of whole numbers is expected")
        }
        return numbers.isEmpty ? nil : numbers
    }

    fileprivate func selection(_ key: String) throws -> ModuleSelection? {
        guard let value = given(key) else { return nil }
        if let text = value.stringValue { return ModuleSelection(text) }
        return try names(key).map { .names($0) }
    }

    fileprivate func patterns(_ key: String) throws -> [(String, JSONValue)] {
        guard let value = given(key) else { return [] }
        guard let members = value.objectValue else { throw invalid(key, value, "an object is expected") }
        return members.map { ($0.key, $0.value) }
    }
}

extension ModuleSelection {
    /// A single text, as in PEFT: `all-linear`, or a regular expression.
    public init(_ text: String) { self = text.lowercased() == "all-linear" ? .allLinear : .pattern(text) }
}
