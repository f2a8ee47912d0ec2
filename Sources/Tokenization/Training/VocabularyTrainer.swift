public import OrderedJSON

/// Learns a model's vocabulary from counted words: ``BpeTrainer``, ``WordPieceTrainer``, ``UnigramTrainer``,
/// ``WordLevelTrainer``.
public protocol VocabularyTrainer: Sendable {
    /// How many tokens the vocabulary gets at most, special ones included.
    var vocabSize: Int { get set }
    /// The tokens that come first in the vocabulary, whatever the corpus holds.
    var specialTokens: [SpecialToken] { get set }
    /// The `type` of the model in `tokenizer.json`.
    static var modelType: String { get }

    /// Learns a vocabulary.
    ///
    /// - Parameters:
    ///   - words: the corpus's words, as the tokenizer's normalizer and pre-tokenizer make them.
    ///   - model: the model of `tokenizer.json` whose settings are kept, such as `unk_token`.
    ///   - progress: told of the work done.
    /// - Returns: the model with its new vocabulary.
    /// - Throws: `TokenizerError.invalidArgument` for settings that make no sense, or none for this corpus.
    func train(_ words: WordCounts, model: JSONObject, progress: VocabularyProgress?) throws -> JSONObject
}

/// Told of the work done: the stage in Python's words, the steps done and those in all (0 where that is not known).
///
/// It is called on the thread that trains, many times for each stage.
public typealias VocabularyProgress = (_ stage: String, _ done: Int, _ total: Int) -> Void

/// A special token and how it is found in texts.
public struct SpecialToken: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The token itself.
    public var content: String
    /// Found only where no letter or digit stands beside it.
    public var singleWord: Bool
    /// Takes the whitespace on its left.
    public var lstrip: Bool
    /// Takes the whitespace on its right.
    public var rstrip: Bool
    /// Looked for in the normalized text, not in the original.
    public var normalized: Bool

    public init(
        _ content: String, singleWord: Bool = false, lstrip: Bool = false, rstrip: Bool = false,
        normalized: Bool = false
    ) {
        self.content = content
        self.singleWord = singleWord
        self.lstrip = lstrip
        self.rstrip = rstrip
        self.normalized = normalized
    }

    public init(stringLiteral content: String) { self.init(content) }
}
