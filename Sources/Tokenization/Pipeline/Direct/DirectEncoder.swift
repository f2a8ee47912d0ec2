/// A whole pipeline in one pass over the text, for those that most models have.
///
/// Gives exactly what the steps give one after the other, and hands to them what it is not made for. Holds memory that
/// is used again, so that each thread needs its own.
protocol DirectEncoder: AnyObject {
    /// Appends the tokens of a piece of the original text, in which there is no added token.
    ///
    /// - Parameters:
    ///   - piece: valid UTF-8, not empty.
    ///   - firstScalar: the number of its first scalar in the original.
    ///   - word: the number of its first word; moves on.
    func encode(
        _ piece: UnsafeBufferPointer<UInt8>, firstScalar: Int32, word: inout Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError)
}

extension Pipeline {
    /// The direct way through this pipeline; nil where there is none.
    func makeDirectEncoder() -> (any DirectEncoder)? {
        DirectWordPiece(self) ?? DirectByteLevel(self) ?? DirectUnigram(self)
    }
}
