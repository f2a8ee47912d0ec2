public import Foundation
public import OrderedJSON
public import Tokenization
import Training

/// Reads the configuration of a model folder.
public enum AutoConfig {
    /// - Throws: ``PretrainedModelError``.
    public static func fromPretrained(folder: URL) throws -> ModelConfiguration {
        try ModelConfiguration(folder: folder)
    }

    /// The folder at `path`.
    public static func fromPretrained(folder path: String) throws -> ModelConfiguration {
        try fromPretrained(folder: URL(filePath: path))
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

/// Loads the encoder of a model folder, by its `model_type`.
public enum AutoModel {
    /// - Throws: ``PretrainedModelError`` where the folder, the configuration or the weights cannot be used.
    public static func fromPretrained(folder: URL, config: [String: JSONValue] = [:]) throws -> PretrainedModel {
        let configuration = try ModelConfiguration(folder: folder).overridden(by: config)
        let architecture = try ModelRegistry.architecture(of: configuration)
        return try loadWeights(into: try withTorchErrors { try architecture.makeModel(configuration, false) }, folder)
    }

    /// The folder at `path`.
    public static func fromPretrained(folder path: String, config: [String: JSONValue] = [:]) throws -> PretrainedModel
    {
        try fromPretrained(folder: URL(filePath: path), config: config)
    }
}

/// Loads a model that gives each text one label, by the folder's `model_type`.
public enum AutoModelForSequenceClassification {
    /// - Parameters:
    ///   - folder: With `config.json` and `model.safetensors`.
    ///   - numLabels: Number of classes; nil: the configuration's.
    ///   - labels: Names of the classes; kept in the configuration.
    ///   - config: Values that replace the file's, for example `["hidden_dropout_prob": 0.0]`.
    /// - Returns: In evaluation mode, as in Python. Weights of a head that the folder lacks are drawn from the CPU's
    ///   generator as Python draws them, with a warning.
    /// - Throws: ``PretrainedModelError`` where the folder, the configuration or the weights cannot be used.
    public static func fromPretrained(
        folder: URL, numLabels: Int? = nil, labels: [String]? = nil, config: [String: JSONValue] = [:]
    ) throws -> SequenceClassificationModel {
        var configuration = try ModelConfiguration(folder: folder).overridden(by: config)
        try configuration.checkLabels()
        if let labels, let numLabels, labels.count != numLabels {
            throw PretrainedModelError.argument("numLabels is \(numLabels), but \(labels.count) labels are named")
        }
        if let labels {
            guard !labels.isEmpty, Set(labels).count == labels.count else {
                throw PretrainedModelError.argument("labels must name each class once: \(labels)")
            }
            configuration.labels = labels
        } else if let numLabels {
            guard numLabels >= 1 else { throw PretrainedModelError.argument("numLabels is \(numLabels), below 1") }
            if configuration["id2label"] == nil || configuration.numLabels != numLabels {
                configuration.labels = (0..<numLabels).map { "LABEL_\($0)" }
            }
        }
        let architecture = try ModelRegistry.architecture(of: configuration)
        guard let make = architecture.makeSequenceClassifier else {
            throw PretrainedModelError.configuration(
                configuration.source, "\(architecture.modelType) has no head for sequence classification")
        }
        return try loadWeights(into: try withTorchErrors { try make(configuration, false) }, folder)
    }

    /// The folder at `path`; see the other form.
    public static func fromPretrained(
        folder path: String, numLabels: Int? = nil, labels: [String]? = nil, config: [String: JSONValue] = [:]
    ) throws -> SequenceClassificationModel {
        try fromPretrained(folder: URL(filePath: path), numLabels: numLabels, labels: labels, config: config)
    }
}

extension ModelConfiguration {
    func overridden(by values: [String: JSONValue]) -> ModelConfiguration {
        var result = self
        for (key, value) in values { result[key] = value }
        return result
    }
}

private func loadWeights<Model: PretrainedModel>(into model: Model, _ folder: URL) throws -> Model {
    let report = try WeightLoading(folder: folder, model: model).load()
    let name = String(describing: type(of: model))
    if !report.unexpected.isEmpty {
        Warnings.warn(
            "weights of \(folder.path) that \(name) does not use: \(shortened(report.unexpected))")
    }
    if !report.missing.isEmpty {
        Warnings.warn(
            "weights of \(name) that \(folder.path) lacks are newly initialized: "
                + "\(shortened(report.missing)); train the model before using it")
    }
    return model.eval()
}

private func shortened(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
}
