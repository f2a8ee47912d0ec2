/// How low-rank adapters are put on a model; names and defaults of PEFT's `LoraConfig`.
///
/// ```swift
/// let model = try AutoModelForSequenceClassification.fromPretrained(folder: "bert-base-uncased", numLabels: 2)
/// try model.addAdapter(LoRAConfiguration(taskType: .sequenceClassification) {
///     $0.r = 16
///     $0.loraAlpha = 32
///     $0.loraDropout = 0.05
/// })
/// ```
public struct LoRAConfiguration: Sendable, Hashable {
    /// What the model is for; decides which parts are trained whole (see ``modulesToSave``). nil: nothing is said.
    public var taskType: AdapterTask?
    /// The rank. Default 8.
    public var r = 8
    /// The product is multiplied by this over the rank. Default 8.
    public var loraAlpha = 8.0
    /// Probability of dropping an input of an adapter. Default 0. In `fast` numerics too it is libtorch's dropout, drawn from
    /// the generator that checkpoints keep.
    public var loraDropout = 0.0
    /// The layers that get an adapter; nil: those that are usual for the `model_type`.
    public var targetModules: ModuleSelection?
    /// Layers that get none, though ``targetModules`` names them.
    public var excludeModules: ModuleSelection?
    /// Names, or ends of names, of modules that are trained whole and saved with the adapter. The head of a classifier of
    /// texts or tokens (`classifier`, `score`) and of an answerer of questions (`qa_outputs`) come by ``taskType``.
    public var modulesToSave: [String]?
    /// Which biases are trained. Default none.
    public var bias = AdapterBias.none
    /// Whether the factor is alpha/√rank (Kalajdzievski 2023) instead of alpha/rank. Default false.
    public var useRslora = false
    /// How the matrices begin. Default ``LoRAInitialization/zero``.
    public var initLoraWeights = LoRAInitialization.zero
    /// Numbers of the layers that get adapters; nil: all. Not with a regular expression.
    public var layersToTransform: [Int]?
    /// Name of the list of layers (`layer`, `h`), or several, where ``layersToTransform`` is given; nil: any.
    public var layersPattern: [String]?
    /// Other ranks for some layers, by ends of their names or regular expressions for them, in order of precedence.
    public var rankPattern: [(pattern: String, rank: Int)] {
        get { ranks.map { ($0.pattern, $0.value) } }
        set { ranks = newValue.map { Pattern(pattern: $0.pattern, value: $0.rank) } }
    }
    /// Other values of ``loraAlpha`` for some layers.
    public var alphaPattern: [(pattern: String, alpha: Double)] {
        get { alphas.map { ($0.pattern, $0.value) } }
        set { alphas = newValue.map { Pattern(pattern: $0.pattern, value: $0.alpha) } }
    }
    /// Whether the layers' weights lie the other way round, as GPT-2's; set by the model.
    public internal(set) var fanInFanOut = false
    /// The folder or the Hub's repository of the model below; nil: where the model was loaded from.
    public var baseModelNameOrPath: String?
    /// The branch, tag or commit of that repository.
    public var revision: String?

    /// Python's class of the model, which files name where no task is said.
    var modelClass: String?

    private var ranks: [Pattern<Int>] = []
    private var alphas: [Pattern<Double>] = []

    private struct Pattern<Value: Sendable & Hashable>: Sendable, Hashable {
        let pattern: String
        let value: Value
    }

    /// - Parameters:
    ///   - taskType: What the model is for.
    ///   - configure: Sets what differs from the defaults.
    public init(taskType: AdapterTask? = nil, _ configure: (inout LoRAConfiguration) -> Void = { _ in }) {
        self.taskType = taskType
        configure(&self)
    }

    /// The modules that are trained whole, with those that the task brings.
    public var allModulesToSave: [String] {
        var names = modulesToSave ?? []
        for name in taskType?.heads ?? [] where !names.contains(name) { names.append(name) }
        return names
    }

    /// - Throws: ``PretrainedModelError/argument(_:)`` that names what cannot be.
    func validate() throws {
        func refuse(_ text: String) -> PretrainedModelError { .argument("the adapter's \(text)") }
        for rank in [r] + ranks.map(\.value) where !(1...(1 << 20)).contains(rank) {
            throw refuse("r is \(rank), but must be at least 1 (and at most \(1 << 20))")
        }
        for alpha in [loraAlpha] + alphas.map(\.value) where !alpha.isFinite {
            throw refuse("lora_alpha is \(alpha), but must be a number")
        }
        guard (0..<1).contains(loraDropout) else {
            throw refuse("lora_dropout is \(loraDropout), but must be at least 0 and below 1")
        }
        if case .pattern = targetModules, layersToTransform != nil || layersPattern != nil {
            throw refuse("layers_to_transform and layers_pattern are not for target_modules as a regular expression")
        }
        if layersPattern?.isEmpty == false, layersToTransform == nil {
            throw refuse("layers_pattern needs layers_to_transform")
        }
    }
}

/// Which modules of a model are meant.
public enum ModuleSelection: Sendable, Hashable {
    /// Whole names, or ends of them after a dot: `query` for `bert.encoder.layer.0.attention.self.query`.
    case names([String])
    /// A regular expression for whole names.
    case pattern(String)
    /// Every linear layer except the output (`all-linear`).
    case allLinear
}

/// What a model with an adapter is for (PEFT's `TaskType`).
public enum AdapterTask: String, Sendable, Hashable, CaseIterable {
    case sequenceClassification = "SEQ_CLS"
    case tokenClassification = "TOKEN_CLS"
    case questionAnswering = "QUESTION_ANS"
    case causalLM = "CAUSAL_LM"
    case featureExtraction = "FEATURE_EXTRACTION"

    /// The task of a model's head; nil where PEFT has none.
    public init?(_ head: HeadTask) {
        switch head {
        case .sequenceClassification: self = .sequenceClassification
        case .tokenClassification: self = .tokenClassification
        case .questionAnswering: self = .questionAnswering
        case .causalLM: self = .causalLM
        case .maskedLM, .multipleChoice: return nil
        }
    }

    /// Names of the new parts of such a model.
    var heads: [String] {
        switch self {
        case .sequenceClassification, .tokenClassification: ["classifier", "score"]
        case .questionAnswering: ["qa_outputs"]
        case .causalLM, .featureExtraction: []
        }
    }
}

/// Which biases an adapter trains.
public enum AdapterBias: String, Sendable, Hashable, CaseIterable {
    case none
    /// Those of the whole model.
    case all
    /// Those of the layers with an adapter.
    case loraOnly = "lora_only"
}

/// How an adapter's matrices begin (`init_lora_weights`).
public enum LoRAInitialization: Sendable, Hashable {
    /// A as a new linear layer, B zero: the model is what it was before (`true`).
    case zero
    /// A normal of standard deviation 1/r, B zero (`"gaussian"`).
    case gaussian
    /// Both as new linear layers (`false`), for trials.
    case random
}
