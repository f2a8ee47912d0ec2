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
/// let classifier = try TextClassifier(folder: "out")
/// print(try classifier.predict(["a fine film"])[0].label)
/// ```
public final class TextClassifier {
    public let model: SequenceClassificationModel
    public let encoder: TextClassificationEncoder
    /// Whether arithmetic may be reordered for speed.
    private let isFast: Bool

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
        let model = try AutoModelForSequenceClassification.fromPretrained(folder: folder)
        try withTorchErrors { _ = model.to(device: device) }
        self.model = model
        self.isFast = isFast
        self.device = device
    }

    private let device: Device

    /// Labels texts, in order.
    ///
    /// - Parameters:
    ///   - texts: the texts.
    ///   - pairs: the second texts, as many as there are texts.
    ///   - batchSize: texts that are computed at once.
    /// - Throws: `TokenizerError`, `TorchError`.
    public func predict(_ texts: [String], pairs: [String]? = nil, batchSize: Int = 32) throws -> [TextPrediction] {
        let encodings = try encoder.encode(texts, pairs: pairs)
        let collate = try DataCollatorWithPadding(encoder.tokenizer)
        let names = model.labels
        let type = try model.config.problemType() ?? (names.count == 1 ? .regression : .singleLabelClassification)
        // Texts of one length need little padding.
        let order =
            isFast ? encodings.indices.sorted { encodings[$0].count > encodings[$1].count } : Array(encodings.indices)
        var results = [TextPrediction?](repeating: nil, count: texts.count)
        for start in stride(from: 0, to: order.count, by: batchSize) {
            let places = Array(order[start..<min(start + batchSize, order.count)])
            let rows = places.map { place in
                DataCollatorWithPadding.Row(
                    inputIds: encodings[place].inputIds, tokenTypeIds: encodings[place].tokenTypeIds,
                    attentionMask: encodings[place].attentionMask)
            }
            let logits = try withTorchErrors { () -> [Float] in
                var batch = collate(rows, places: places).to(device: device)
                batch.step = StepContext(globalStep: 0, microBatch: 0, seed: 0, isFast: isFast)
                return try inferenceMode { try model.evaluating { try model.logits(batch).array(of: Float.self) } }
            }
            for (row, place) in places.enumerated() {
                results[place] = TextPrediction(
                    logits: logits[row * names.count..<(row + 1) * names.count], names: names, type)
            }
        }
        return results.compactMap { $0 }
    }
}
