import Foundation
public import PretrainedModels
import Tokenization
public import Torch
import Training

/// What a classifier says about a text, as Python's pipeline does.
public struct TextPrediction: Sendable, Hashable {
    /// The likeliest class.
    public let label: String
    /// Its probability; the number that a model of numbers predicts.
    public let score: Double
    /// The probability of every class, in the order of their numbers. They sum to 1, except where a text may have several
    /// labels at once.
    public let scores: [Score]
    /// What the labels mean.
    public let problemType: ProblemType

    /// The classes with a probability of at least a half: the labels of a text that may have several.
    public var labels: [String] { scores.filter { $0.probability >= 0.5 }.map(\.label) }

    /// A class with its probability.
    public struct Score: Sendable, Hashable {
        public let label: String
        public let probability: Double
    }

    init(logits: ArraySlice<Float>, names: [String], _ type: ProblemType) {
        problemType = type
        let values: [Double]
        switch type {
        case .singleLabelClassification:
            let highest = logits.max() ?? 0
            let powers = logits.map { exp(Double($0) - Double(highest)) }
            let sum = powers.reduce(0, +)
            values = powers.map { $0 / sum }
        case .multiLabelClassification: values = logits.map { 1 / (1 + exp(-Double($0))) }
        case .regression: values = logits.map { Double($0) }
        }
        let scores = zip(names, values).map { Score(label: $0, probability: $1) }
        self.scores = scores
        let best = scores.indices.max { scores[$0].probability < scores[$1].probability } ?? 0
        label = scores[best].label
        score = scores[best].probability
    }
}

extension TextPrediction {
    /// The predictions of each row of logits `[rows, classes]`.
    ///
    /// - Parameters:
    ///   - logits: the model's.
    ///   - names: the classes.
    ///   - problemType: what the labels mean.
    public static func predictions(
        logits: Tensor, names: [String], _ problemType: ProblemType = .singleLabelClassification
    ) -> [TextPrediction] {
        let values = logits.array(of: Float.self)
        return stride(from: 0, to: values.count, by: max(names.count, 1)).map {
            TextPrediction(logits: values[$0..<$0 + names.count], names: names, problemType)
        }
    }
}

/// A fine-tuned model with its tokenizer, ready to label texts.
///
/// ```swift
/// let classifier = try TextClassificationPipeline(folder: "out")
/// print(try classifier.predict(["a fine film"])[0].label)
/// ```
public final class TextClassificationPipeline: Pipeline {
    public static let task = "text-classification"
    public let model: SequenceClassificationModel
    public let encoder: TextClassificationEncoder
    private let runner: ModelRunner

    /// Loads a folder that training has left.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - columns: which of a file's columns are read; decides whether texts are pairs.
    ///   - maxLength: texts are cut to this many tokens; nil for what was stored at training.
    ///   - isFast: whether arithmetic may be reordered for speed; true by default.
    ///   - device: where the model computes; the CPU by default.
    /// - Throws: `PretrainedModelError`, `TokenizerError`, ``TextClassificationError``.
    public init(
        folder: String, columns: TextClassificationColumns? = nil, maxLength: Int? = nil, isFast: Bool = true,
        device: Device = .cpu
    ) throws {
        let stored = try TextClassificationSettings.load(folder: folder)
        let configuration = try AutoConfig.fromPretrained(folder: folder)
        let tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
        encoder = try TextClassificationEncoder(
            tokenizer: tokenizer, columns: columns ?? stored?.columns ?? TextClassificationColumns(text: "text"),
            maxLength: maxLength ?? stored?.maxLength, configuration: configuration, folder: folder)
        model = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
        runner = try ModelRunner(model, tokenizer, isFast: isFast, device: device)
    }

    /// Loads a folder that training has left.
    ///
    /// - Throws: `PretrainedModelError`, `TokenizerError`, ``TextClassificationError``.
    public convenience init(folder: String, options: PipelineOptions) throws {
        try self.init(
            folder: folder, maxLength: options.maxLength, isFast: options.isFast, device: options.device)
    }

    /// Labels texts, in order.
    ///
    /// - Throws: `TokenizerError`, `TorchError`.
    public func predict(_ texts: [String], batchSize: Int = 32) throws -> [TextPrediction] {
        try predict(texts, pairs: nil, batchSize: batchSize)
    }

    /// Labels texts, in order.
    ///
    /// - Parameters:
    ///   - texts: the texts.
    ///   - pairs: the second texts, as many as there are texts.
    ///   - batchSize: texts that are computed at once.
    /// - Throws: `TokenizerError`, `TorchError`.
    public func predict(_ texts: [String], pairs: [String]?, batchSize: Int = 32) throws -> [TextPrediction] {
        let encodings = try encoder.encode(texts, pairs: pairs).encodings
        let names = model.labels
        let type = try model.config.problemType() ?? (names.count == 1 ? .regression : .singleLabelClassification)
        var results = [TextPrediction?](repeating: nil, count: texts.count)
        try runner.forEachRow(encodings, batchSize: batchSize) { place, logits in
            results[place] = TextPrediction(logits: logits, names: names, type)
        }
        return results.compactMap { $0 }
    }
}
