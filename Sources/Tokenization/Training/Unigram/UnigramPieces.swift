internal import Foundation

/// Pieces of words with the logarithms of their probabilities. Number 0 stands for what is unknown.
struct UnigramPieces {
    /// A piece's place in the corpus's scalars; empty for number 0.
    private(set) var ranges: [Range<Int>] = [0..<0]
    private(set) var scores: [Double] = [.nan]

    var count: Int { ranges.count }

    mutating func append(_ range: Range<Int>, _ score: Double) {
        ranges.append(range)
        scores.append(score)
    }

    /// The lowest score; infinite without pieces.
    var lowestScore: Double { scores.dropFirst().min() ?? .infinity }

    /// What an unknown character costs while training.
    var unknownScore: Double { lowestScore - 10 }

    /// The pieces to start from: every character, and parts of words by how much of the corpus they make up.
    init(seedsOf corpus: UnigramCorpus, maxPieceLength: Int, seedSize: Int) {
        let order = SuffixOrder(corpus, depth: maxPieceLength + 1)
        var repeated: [(score: Int, order: Int, length: Int)] = []
        order.forEachRepeated { place, length, count in
            if length > 1 { repeated.append((count * length, place, length)) }
        }
        repeated.sort { ($1.score, $1.order, $1.length) < ($0.score, $0.order, $0.length) }
        for (scalar, count, position) in Self.characters(corpus).sorted(by: { ($1.1, $1.0) < ($0.1, $0.0) }) {
            _ = scalar
            append(position..<position + 1, Double(count))
        }
        for (score, place, length) in repeated {
            let position = Int(order.positions[place])
            append(position..<position + length, Double(score))
            if count - 1 >= seedSize { break }
        }
        let logSum = log(scores.dropFirst().reduce(0, +))
        for index in scores.indices.dropFirst() { scores[index] = log(scores[index]) - logSum }
    }

    init() {}

    /// Each character with its count and one of its places.
    private static func characters(_ corpus: UnigramCorpus) -> [(scalar: UInt32, count: Int, position: Int)] {
        var counts: [UInt32: (count: Int, position: Int)] = [:]
        for word in 0..<corpus.wordCount {
            for position in corpus.range(word) where corpus.scalars[position] != 0 {
                counts[corpus.scalars[position], default: (0, position)].count += corpus.counts[word]
            }
        }
        return counts.map { ($0.key, $0.value.count, $0.value.position) }
    }

    /// The pieces that are expected often enough, with probabilities that follow from how often; a sparse prior (as of
    /// a Dirichlet process) takes from the rare ones.
    func maximized(_ expected: [Double]) -> UnigramPieces {
        var pieces = UnigramPieces()
        var sum = 0.0
        for index in 1..<max(1, count) where expected[index] >= 0.5 {
            pieces.append(ranges[index], expected[index])
            sum += expected[index]
        }
        let logSum = Self.digamma(sum)
        for index in pieces.scores.indices.dropFirst() {
            pieces.scores[index] = Self.digamma(pieces.scores[index]) - logSum
        }
        return pieces
    }

    /// The derivative of log Γ, by recurrence up to 7 and the asymptotic series from there.
    private static func digamma(_ argument: Double) -> Double {
        var x = argument
        var result = 0.0
        while x < 7 {
            result -= 1 / x
            x += 1
        }
        x -= 0.5
        let inverse = 1 / x
        let square = inverse * inverse
        let fourth = square * square
        result += log(x) + (1.0 / 24.0) * square - 7.0 / 960.0 * fourth
        result += (31.0 / 8064.0) * fourth * square - (127.0 / 30720.0) * fourth * fourth
        return result
    }
}
