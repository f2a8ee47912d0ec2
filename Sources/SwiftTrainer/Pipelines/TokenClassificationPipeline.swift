public import PretrainedModels
public import Tokenization
import Torch
import Training

/// A fine-tuned model that tags tokens, with its tokenizer, ready to find entities; Python's
/// `pipeline("token-classification")`.
///
/// ```swift
/// let tagger = try TokenClassificationPipeline(folder: "out")
/// for entity in try tagger.predict(["Ada Lovelace lived in London."])[0] { print(entity.word, entity.entity) }
/// ```
public final class TokenClassificationPipeline: Pipeline {
    public static let task = "token-classification"
    public let model: TokenClassificationModel
    public let tokenizer: Tokenizer
    /// How tags of pieces become entities.
    public let strategy: AggregationStrategy
    /// Texts are read in parts of this many tokens, special ones included.
    public let maxLength: Int
    private let runner: ModelRunner

    /// Loads a folder that training has left.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - strategy: how tags of pieces become entities.
    ///   - maxLength: nil for the most that the tokenizer and the model take.
    ///   - isFast: whether arithmetic may be reordered for speed; true by default.
    ///   - device: where the model computes; the CPU by default.
    /// - Throws: `PretrainedModelError`, `TokenizerError`, ``TaskError``.
    public init(
        folder: String, strategy: AggregationStrategy = .simple, maxLength: Int? = nil, isFast: Bool = true,
        device: Device = .cpu
    ) throws {
        tokenizer = try AutoTokenizer.fromPretrained(folder: folder)
        model = try AutoModelForTokenClassification.fromPretrained(folder: folder)
        self.strategy = strategy
        let most = min(tokenizer.modelMaxLength, model.maxInputLength ?? .max)
        if let maxLength, maxLength > most {
            throw TaskError.argument(name: "maxLength", problem: "\(maxLength) is more than the model takes (\(most))")
        }
        self.maxLength = maxLength ?? most
        runner = try ModelRunner(model, tokenizer, isFast: isFast, device: device)
    }

    /// Loads a folder that training has left.
    ///
    /// - Throws: `PretrainedModelError`, `TokenizerError`, ``TaskError``.
    public convenience init(folder: String, options: PipelineOptions) throws {
        try self.init(
            folder: folder, strategy: options.aggregationStrategy, maxLength: options.maxLength,
            isFast: options.isFast, device: options.device)
    }

    /// The entities of each text, in order. A text longer than ``maxLength`` is read in parts that overlap by a quarter.
    ///
    /// - Parameters:
    ///   - texts: the texts.
    ///   - batchSize: texts that are computed at once.
    /// - Throws: `TokenizerError`, `TorchError`.
    public func predict(_ texts: [String], batchSize: Int = 32) throws -> [[EntityPrediction]] {
        let parts = try tokenizer(
            batch: texts, truncation: .longestFirst, maxLength: maxLength, stride: stride,
            returnOverflowingTokens: true)
        var found = [[[EntityPrediction]]](repeating: [], count: texts.count)
        let aggregator = aggregator
        try runner.forEach(parts.encodings, batchSize: batchSize) { place, logits in
            let text = parts.overflowToSampleMapping[place]
            found[text].append(
                try aggregator.entities(text: texts[text], encoding: parts[place], logits: logits))
        }
        return found.map { aggregator.merge($0) }
    }

    /// The tag of each word, by its first piece, and the entities with their places in the words joined by spaces. Words
    /// beyond ``maxLength`` have no tag.
    ///
    /// - Parameters:
    ///   - words: texts in words.
    ///   - batchSize: texts that are computed at once.
    /// - Throws: `TokenizerError`, `TorchError`.
    public func predict(words: [[String]], batchSize: Int = 32) throws -> [WordPrediction] {
        let encodings = try tokenizer(batchWords: words, truncation: .longestFirst, maxLength: maxLength)
        var results = [WordPrediction?](repeating: nil, count: words.count)
        let (aggregator, labels) = (aggregator, model.labels)
        try runner.forEach(encodings.encodings, batchSize: batchSize) { place, logits in
            results[place] = try WordPrediction(
                words: words[place], encoding: encodings[place], logits: logits, labels: labels, aggregator)
        }
        return results.compactMap { $0 }
    }

    private var aggregator: EntityAggregator {
        EntityAggregator(tokenizer: tokenizer, labels: model.labels, strategy: strategy)
    }

    private var stride: Int { max(0, (maxLength - tokenizer.numSpecialTokensToAdd()) / 4) }
}

/// What a model says about the words of a text.
public struct WordPrediction: Sendable, Hashable {
    public let words: [String]
    /// The tag of each word, by its first piece; nil for a word without a token.
    public let labels: [String?]
    public let entities: [EntityPrediction]

    /// - Parameters:
    ///   - words: the text's.
    ///   - encoding: their tokens, not padded.
    ///   - logits: `[tokens, labels]`, row by row.
    ///   - labels: the tags by class number.
    ///   - aggregator: makes entities of them.
    /// - Throws: ``TaskError`` where there are not as many logits.
    public init(
        words: [String], encoding: Encoding, logits: [Float], labels: [String], _ aggregator: EntityAggregator
    ) throws {
        self.words = words
        entities = try aggregator.entities(words: words, encoding: encoding, logits: logits)
        var tags = [String?](repeating: nil, count: words.count)
        for (token, word) in encoding.wordIds.enumerated() {
            guard let word, tags[word] == nil else { continue }
            let scores = logits[token * labels.count..<(token + 1) * labels.count]
            let best = scores.indices.max { scores[$0] < scores[$1] } ?? scores.startIndex
            tags[word] = labels[best - scores.startIndex]
        }
        self.labels = tags
    }
}
