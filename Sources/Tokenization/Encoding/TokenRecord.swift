/// A token and all that an encoding knows of it.
///
/// One record a token, so that an encoding is a single block of memory.
struct TokenRecord: Sendable, Equatable, BitwiseCopyable {
    var id: Int32
    /// Where it comes from in the original text, in scalars; 0 and 0 for what the tokenizer added.
    var start: Int32 = 0
    var end: Int32 = 0
    /// The number of the word that it is part of; -1 where there is none.
    var word: Int32 = -1
    var typeId: Int32 = 0
    /// 0 and 1 for the texts, -1 for what belongs to neither.
    var sequence: Int8 = 0
    /// Whether the tokenizer added it.
    var isSpecial = false
    var isPadding = false

    /// A token of the first text.
    @inline(__always)
    init(id: Int32, start: Int32, end: Int32, word: Int32) {
        self.id = id
        self.start = start
        self.end = end
        self.word = word
    }

    /// A token that is not from the text.
    init(added id: Int32, typeId: Int32, isPadding: Bool = false) {
        self.id = id
        self.typeId = typeId
        sequence = -1
        isSpecial = true
        self.isPadding = isPadding
    }
}
