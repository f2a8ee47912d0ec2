/// A token of a word, and how many of the word's bytes it takes.
struct WordToken: Equatable, BitwiseCopyable, Sendable {
    var id: Int32
    var length: Int32
}
