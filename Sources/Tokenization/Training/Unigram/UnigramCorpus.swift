/// Words in scalars, one behind the other, each ended by a 0.
struct UnigramCorpus {
    private(set) var scalars: [UInt32] = []
    /// Where each word begins; one more for the end of the last.
    private(set) var starts: [Int] = [0]
    private(set) var counts: [Int]

    /// More scalars than this could not be numbered by 32 bits.
    static let scalarLimit = Int(Int32.max) / 2

    init(_ words: WordCounts) throws(TokenizerError) {
        counts = words.counts
        var scalars: [UInt32] = []
        var starts = [0]
        scalars.reserveCapacity(words.words.bytes.count + words.count)
        words.forEach { word, _ in
            var position = 0
            while position < word.count { scalars.append(UTF8Scalars.decode(word, &position)) }
            scalars.append(0)
            starts.append(scalars.count)
        }
        guard scalars.count <= Self.scalarLimit else {
            throw .invalidArgument(
                "the distinct words have \(scalars.count) characters, more than can be trained on "
                    + "(\(Self.scalarLimit)); train on less text, or split it into shorter words")
        }
        self.scalars = scalars
        self.starts = starts
    }

    var wordCount: Int { counts.count }

    /// The scalars of a word, without the 0.
    func range(_ word: Int) -> Range<Int> { starts[word]..<starts[word + 1] - 1 }

    func string(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range].compactMap(Unicode.Scalar.init)))
    }
}
