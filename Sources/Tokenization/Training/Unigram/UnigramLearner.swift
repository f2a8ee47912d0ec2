internal import Dispatch
internal import Foundation

/// Learns pieces: expectation and maximization on all words, then the pieces that the likelihood misses least go.
struct UnigramLearner {
    let trainer: UnigramTrainer
    let corpus: UnigramCorpus
    private(set) var pieces: UnigramPieces

    /// Words are shared out in this many parts whatever the number of cores: sums come out the same on any machine.
    private static let parts = 8

    init(_ trainer: UnigramTrainer, _ corpus: UnigramCorpus) {
        self.trainer = trainer
        self.corpus = corpus
        pieces = UnigramPieces(
            seedsOf: corpus, maxPieceLength: trainer.maxPieceLength, seedSize: trainer.seedSize)
    }

    /// A tenth more than is wanted: the last step chooses among them.
    private var wantedCount: Int { trainer.vocabSize * 11 / 10 }

    mutating func learn(_ progress: VocabularyProgress?) {
        let loops = (log(Double(max(1, wantedCount))) - log(Double(pieces.count))) / log(trainer.shrinkingFactor)
        let total = (max(0, Int(loops.isFinite ? loops : 0)) + 1) * trainer.nSubIterations
        var done = 0
        progress?("EM training", done, total)
        while true {
            let before = pieces.count
            for _ in 0..<trainer.nSubIterations {
                pieces = pieces.maximized(expected())
                done += 1
                progress?("EM training", min(done, total), total)
            }
            if pieces.count <= wantedCount { break }
            pieces = pruned()
            if pieces.count >= before { break }
        }
        progress?("EM training", total, total)
    }

    /// Runs over the words of each part on a thread of its own; the parts' results in order.
    private func overParts<Result: Sendable>(
        _ body: @Sendable (_ words: Range<Int>, _ fill: (_ word: Int, inout UnigramLattice) -> Void) -> Result
    ) -> [Result] {
        let trie = PieceTrie(pieces, corpus.scalars)
        let unknownScore = pieces.unknownScore
        var results = [Result?](repeating: nil, count: Self.parts)
        results.withUnsafeMutableBufferPointer { results in
            // Each iteration writes the one element of its own number.
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: Self.parts) { part in
                let count = corpus.wordCount
                let words = count * part / Self.parts..<count * (part + 1) / Self.parts
                results[part] = corpus.scalars.withUnsafeBufferPointer { scalars in
                    body(words) { word, lattice in
                        let text = UnsafeBufferPointer(rebasing: scalars[corpus.range(word)])
                        lattice.fill(text, trie, pieces, unknownScore: unknownScore)
                    }
                }
            }
        }
        return results.compactMap { $0 }
    }

    private static func sum(_ parts: [[Double]]) -> [Double] {
        var sum = parts.first ?? []
        for part in parts.dropFirst() {
            for index in sum.indices { sum[index] += part[index] }
        }
        return sum
    }

    /// How often each piece is to be expected in the corpus.
    private func expected() -> [Double] {
        let (pieceCount, counts) = (pieces.count, corpus.counts)
        return Self.sum(
            overParts { words, fill in
                var expected = [Double](repeating: 0, count: pieceCount)
                var lattice = UnigramLattice()
                for word in words {
                    fill(word, &lattice)
                    _ = lattice.addExpected(Double(counts[word]), to: &expected)
                }
                return expected
            })
    }

    /// How often each piece is part of a word's best segmentation.
    private func frequencies() -> [Double] {
        let (pieceCount, counts) = (pieces.count, corpus.counts)
        return Self.sum(
            overParts { words, fill in
                var frequencies = [Double](repeating: 0, count: pieceCount)
                var lattice = UnigramLattice()
                for word in words {
                    fill(word, &lattice)
                    lattice.forEachBest { frequencies[$0] += Double(counts[word]) }
                }
                return frequencies
            })
    }

    /// The pieces without those whose loss costs the least likelihood.
    private func pruned() -> UnigramPieces {
        let frequencies = frequencies()
        let sum = frequencies.reduce(0, +)
        let logSum = log(sum)
        let words = corpus.counts.reduce(0.0) { $0 + Double($1) }
        var kept = UnigramPieces()
        var candidates: [(piece: Int, loss: Double)] = []
        let alternatives = alternatives()
        for piece in 1..<pieces.count {
            let frequency = frequencies[piece]
            let (isBestItself, alternative) = alternatives[piece]
            if frequency == 0, !isBestItself { continue }
            guard let alternative else {
                kept.append(pieces.ranges[piece], pieces.scores[piece])
                continue
            }
            guard frequency > 0 else { continue }
            // Without the piece its alternative takes its place wherever it stood. The sum afterwards should grow by
            // the alternative's length, but the Rust tokenizers take the number of all pieces, and so do we: the same
            // pieces stay.
            let logSumAfter = log(sum + frequency * Double(pieces.count - 1))
            var logAlternative = 0.0
            for other in alternative { logAlternative += log(frequencies[other] + frequency) - logSumAfter }
            let loss = frequency / words * (log(frequency) - logSum - logAlternative)
            candidates.append((piece, loss))
        }
        let size = max(wantedCount, Int(Double(pieces.count) * trainer.shrinkingFactor))
        // Equal losses stay in the pieces' order.
        candidates.sort { ($1.loss, $0.piece) < ($0.loss, $1.piece) }
        for (piece, _) in candidates {
            if kept.count == size { break }
            kept.append(pieces.ranges[piece], pieces.scores[piece])
        }
        return kept
    }

    /// For each piece whether it is the best way to write itself, and if so the pieces of the second best way.
    private func alternatives() -> [(isBestItself: Bool, alternative: [Int]?)] {
        let trie = PieceTrie(pieces, corpus.scalars)
        let unknownScore = pieces.unknownScore
        var lattice = UnigramLattice()
        return corpus.scalars.withUnsafeBufferPointer { scalars in
            pieces.ranges.map { range in
                guard !range.isEmpty else { return (false, nil) }
                lattice.fill(UnsafeBufferPointer(rebasing: scalars[range]), trie, pieces, unknownScore: unknownScore)
                let (best, second) = lattice.twoBest()
                guard let second else { return (true, nil) }
                return best.count > 1 ? (false, nil) : (true, second)
            }
        }
    }
}
