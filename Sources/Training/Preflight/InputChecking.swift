/// What a row's input ids range over.
public struct InputRange: Sendable, Hashable {
    /// The smallest and the largest id; nil for a row without any.
    public var ids: ClosedRange<Int>?
    /// The number of ids.
    public var length: Int

    public init(ids: ClosedRange<Int>?, length: Int) {
        self.ids = ids
        self.length = length
    }
}

/// A model that tells which inputs it can take, so that all rows can be checked before the first step.
public protocol InputChecking {
    /// Ids of tokens are below this; nil: not told.
    var vocabularySize: Int? { get }
    /// The most tokens of a row; nil: not told.
    var maxInputLength: Int? { get }
}
