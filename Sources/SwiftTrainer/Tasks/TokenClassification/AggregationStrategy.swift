/// How the classes of tokens become entities; the words of Python's `TokenClassificationPipeline`.
public enum AggregationStrategy: String, Sendable, Hashable, CaseIterable {
    /// Each token by itself.
    case none
    /// Neighbouring tokens of one type make an entity; a word may be cut apart.
    case simple
    /// As `simple`, with the class of a word's first token for the whole word.
    case first
    /// As `simple`, with the class that is likeliest on average over a word's tokens.
    case average
    /// As `simple`, with the class of the token of the word that is surest of its own.
    case max
}

/// A piece of a text with a type.
public struct EntityPrediction: Sendable, Hashable {
    /// Its type (`PER`), or the token's label (`B-PER`) where nothing is aggregated. Python's `entity_group` and
    /// `entity`.
    public let entity: String
    /// The probability, 0 to 1; of an entity the mean over its tokens or words.
    public let score: Float
    /// The tokens as text, which may differ from the text in case and spaces.
    public let word: String
    /// Where it begins in the text, in Unicode scalars, as Python counts.
    public let start: Int
    /// Where it ends; the scalar there is no part of it.
    public let end: Int
    /// The token's place where nothing is aggregated, special tokens counted; nil otherwise.
    public let index: Int?

    public init(entity: String, score: Float, word: String, start: Int, end: Int, index: Int? = nil) {
        self.entity = entity
        self.score = score
        self.word = word
        self.start = start
        self.end = end
        self.index = index
    }
}
