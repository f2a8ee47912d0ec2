public import Foundation
public import OrderedJSON
public import Tokenization
import Training

/// Reads the configuration of a model folder.
public enum AutoConfig {
    /// - Throws: ``PretrainedModelError``.
    public static func fromPretrained(folder: URL) throws -> ModelConfiguration {
        try ModelConfiguration(pretrained: folder)
    }

    /// The folder at `path`.
    public static func fromPretrained(folder path: String) throws -> ModelConfiguration {
        try fromPretrained(folder: URL(filePath: path))
    }

    /// The most tokens of a row that a model takes; nil: no limit that is known.
    ///
    /// - Parameter config: The model's.
    /// - Throws: ``PretrainedModelError`` for an unknown architecture, or sizes that cannot be.
    public static func maxInputLength(_ config: ModelConfiguration) throws -> Int? {
        try ModelRegistry.architecture(of: config).maxInputLength(config)
    }
}

/// Reads the tokenizer of a model folder (`tokenizer.json`, or `vocab.txt`).
public enum AutoTokenizer {
    /// - Throws: `TokenizerError`.
    public static func fromPretrained(folder: URL) throws -> Tokenizer { try Tokenizer(folder: folder) }

    /// The folder at `path`.
    public static func fromPretrained(folder path: String) throws -> Tokenizer {
        try fromPretrained(folder: URL(filePath: path))
    }
}

/// A family of classes that load a model by its `model_type`: ``AutoModel``, ``AutoModelForTokenClassification``, ….
public protocol AutoModelClass: SendableMetatype {
    associatedtype Model: PretrainedModel
    /// The head; nil for the model without one.
    static var task: HeadTask? { get }
}

/// Loads models without a head.
public enum AutoModel: AutoModelClass {
    public typealias Model = PretrainedModel
    public static let task: HeadTask? = nil
}

/// Loads models that give each text one label, several or numbers.
public enum AutoModelForSequenceClassification: AutoClassifierClass {
    public typealias Model = SequenceClassificationModel
    public static let task: HeadTask? = .sequenceClassification
}

/// Loads models that give each token a label.
public enum AutoModelForTokenClassification: AutoClassifierClass {
    public typealias Model = TokenClassificationModel
    public static let task: HeadTask? = .tokenClassification
}

/// Loads models that mark the answer to a question in a text.
public enum AutoModelForQuestionAnswering: AutoModelClass {
    public typealias Model = QuestionAnsweringModel
    public static let task: HeadTask? = .questionAnswering
}

/// Loads models that choose one of several texts.
public enum AutoModelForMultipleChoice: AutoModelClass {
    public typealias Model = MultipleChoiceModel
    public static let task: HeadTask? = .multipleChoice
}

/// Loads models that predict masked tokens.
public enum AutoModelForMaskedLM: AutoModelClass {
    public typealias Model = MaskedLanguageModel
    public static let task: HeadTask? = .maskedLM
}

/// Loads models that predict the next token, and so write texts.
public enum AutoModelForCausalLM: AutoModelClass {
    public typealias Model = CausalLanguageModel
    public static let task: HeadTask? = .causalLM
}

extension AutoModelClass {
    /// Loads the model of a folder.
    ///
    /// - Parameters:
    ///   - folder: With `config.json` and weights.
    ///   - config: Values that replace the file's, for example `["hidden_dropout_prob": 0.0]`.
    ///   - ignoreMismatchedSizes: Whether weights of another shape are replaced by new ones, as for a head over other
    ///     labels; an error by default.
    /// A folder with an adapter alone (`adapter_config.json`) gives the model that it names, with the adapter on it.
    ///
    /// - Returns: In evaluation mode, as in Python. Weights of a head that the folder lacks are drawn from the CPU's
    ///   generator as Python draws them, with a warning.
    /// - Throws: ``PretrainedModelError`` where the folder, the configuration or the weights cannot be used.
    public static func fromPretrained(
        folder: URL, config: [String: JSONValue] = [:], ignoreMismatchedSizes: Bool = false
    ) throws -> Model {
        let configuration = try ModelConfiguration(pretrained: folder).overridden(by: config)
        return try load(configuration, folder, ignoreMismatchedSizes: ignoreMismatchedSizes)
    }

    /// The folder at `path`; see the other form.
    public static func fromPretrained(
        folder path: String, config: [String: JSONValue] = [:], ignoreMismatchedSizes: Bool = false
    ) throws -> Model {
        try fromPretrained(
            folder: URL(filePath: path), config: config, ignoreMismatchedSizes: ignoreMismatchedSizes)
    }

    /// A new model with Python's initial values, drawn from the CPU's generator; in training mode.
    ///
    /// - Parameter config: Sizes and settings, with `model_type`.
    /// - Throws: ``PretrainedModelError``.
    public static func fromConfig(_ config: ModelConfiguration) throws -> Model {
        let model = try withTorchErrors { try make(config, initialize: true) }
        if task == nil { try withTorchErrors { model.apply { model.initializeMissing($0) } } }
        return model
    }

    static func load(
        _ configuration: ModelConfiguration, _ folder: URL, ignoreMismatchedSizes: Bool
    ) throws -> Model {
        try checked(
            ModelLoader(task: task, configuration: configuration)
                .load(folder, ignoreMismatchedSizes: ignoreMismatchedSizes))
    }

    private static func make(_ configuration: ModelConfiguration, initialize: Bool) throws -> Model {
        try checked(ModelLoader(task: task, configuration: configuration).make(initialize: initialize))
    }

    private static func checked(_ made: PretrainedModel) throws -> Model {
        guard let model = made as? Model else {
            throw PretrainedModelError.argument("\(type(of: made)) is registered, which is no \(Model.self)")
        }
        return model
    }
}

/// ``AutoModelClass`` of models with named labels.
public protocol AutoClassifierClass: AutoModelClass {}

extension AutoClassifierClass {
    /// Loads the model of a folder, for its labels or others.
    ///
    /// - Parameters:
    ///   - folder: With `config.json` and weights.
    ///   - numLabels: Number of classes; nil: the configuration's.
    ///   - labels: Names of the classes; kept in the configuration.
    ///   - config: Values that replace the file's, for example `["hidden_dropout_prob": 0.0]`.
    ///   - ignoreMismatchedSizes: Whether weights of another shape are replaced by new ones, as for a head over other
    ///     labels; an error by default.
    /// A folder with an adapter alone (`adapter_config.json`) gives the model that it names, with the adapter on it.
    ///
    /// - Returns: In evaluation mode, as in Python. Weights of a head that the folder lacks are drawn from the CPU's
    ///   generator as Python draws them, with a warning.
    /// - Throws: ``PretrainedModelError`` where the folder, the configuration or the weights cannot be used.
    public static func fromPretrained(
        folder: URL, numLabels: Int? = nil, labels: [String]? = nil, config: [String: JSONValue] = [:],
        ignoreMismatchedSizes: Bool = false
    ) throws -> Model {
        let configuration = try ModelConfiguration(pretrained: folder).overridden(by: config)
            .relabeled(numLabels: numLabels, labels: labels)
        return try load(configuration, folder, ignoreMismatchedSizes: ignoreMismatchedSizes)
    }

    /// The folder at `path`; see the other form.
    public static func fromPretrained(
        folder path: String, numLabels: Int? = nil, labels: [String]? = nil, config: [String: JSONValue] = [:],
        ignoreMismatchedSizes: Bool = false
    ) throws -> Model {
        try fromPretrained(
            folder: URL(filePath: path), numLabels: numLabels, labels: labels, config: config,
            ignoreMismatchedSizes: ignoreMismatchedSizes)
    }
}

extension ModelConfiguration {
    func overridden(by values: [String: JSONValue]) -> ModelConfiguration {
        var result = self
        for (key, value) in values { result[key] = value }
        return result
    }

    /// With another number of labels, or other names.
    ///
    /// - Throws: ``PretrainedModelError``.
    func relabeled(numLabels: Int?, labels: [String]?) throws -> ModelConfiguration {
        var result = self
        if let labels, let numLabels, labels.count != numLabels {
            throw PretrainedModelError.argument("numLabels is \(numLabels), but \(labels.count) labels are named")
        }
        if let labels {
            guard !labels.isEmpty, Set(labels).count == labels.count else {
                throw PretrainedModelError.argument("labels must name each class once: \(labels)")
            }
            result.labels = labels
        } else if let numLabels {
            guard numLabels >= 1 else { throw PretrainedModelError.argument("numLabels is \(numLabels), below 1") }
            try result.checkLabels()
            if result["id2label"] == nil || result.numLabels != numLabels {
                result.labels = (0..<numLabels).map { "LABEL_\($0)" }
            }
        }
        return result
    }
}

func loadWeights<Model: PretrainedModel>(
    into model: Model, _ folder: URL, ignoreMismatchedSizes: Bool, replaced: Set<String> = []
) throws -> Model {
    var report = try WeightLoading(
        folder: folder, model: model, ignoresMismatchedSizes: ignoreMismatchedSizes, replaced: replaced
    ).load()
    report.missing.removeAll(where: replaced.contains)
    model.drawnWeights = report.missing
    let name = model.architectureName
    if !report.unexpected.isEmpty {
        Warnings.warn(
            "weights of \(folder.path) that \(name) does not use: \(shortened(report.unexpected))")
    }
    if !report.missing.isEmpty {
        Warnings.warn(
            "weights of \(name) that \(folder.path) lacks are newly initialized: "
                + "\(shortened(report.missing)); train the model before using it")
    }
    try model.readCompanions(folder)
    return model.eval()
}

func shortened(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
}
