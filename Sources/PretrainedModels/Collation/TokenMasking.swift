import Synchronization
import Tokenization
import Training

/// Hides tokens of a batch with the random numbers that Python's `torch_mask_tokens` draws, in its order.
final class TokenMasking: Sendable {
    private let probability: Float
    private let maskShare: Float
    /// Of those that the mask token does not replace, the share that a random token does; nil: none.
    private let randomShare: Float?
    private let maskId: Int64
    private let vocabularySize: UInt32
    /// nil: the CPU's default generator.
    private let own: Mutex<TorchMersenneTwister?>

    /// - Throws: ``PretrainedModelError/argument(_:)`` for a vocabulary that is too large.
    init(_ options: DataCollatorForLanguageModeling.Options, _ tokenizer: Tokenizer) throws {
        guard let size = UInt32(exactly: tokenizer.vocabularySize), size > 0 else {
            throw PretrainedModelError.argument("the tokenizer's vocabulary is empty or has more than 2³² tokens")
        }
        probability = Float(options.mlmProbability)
        maskShare = Float(options.maskReplaceProb)
        randomShare =
            options.maskReplaceProb == 1 || options.randomReplaceProb == 0
            ? nil : Float(options.randomReplaceProb / (1 - options.maskReplaceProb))
        maskId = Int64(tokenizer.maskTokenId ?? 0)
        vocabularySize = size
        own = Mutex(options.seed.map { TorchMersenneTwister(seed: $0) })
    }

    /// - Parameters:
    ///   - ids: the batch's tokens, row by row; those that are hidden are replaced.
    ///   - hideable: whether a token may be chosen.
    ///   - words: the number of each token's word in its row, where words are hidden as a whole; -1: of none.
    /// - Returns: the labels: the token's id where it was chosen, else -100.
    func apply(to ids: inout [Int64], hideable: [Bool], words: [Int32]?, width: Int) -> [Int64] {
        own.withLock { own in
            guard var twister = own else {
                return Generator().withTwister { apply(to: &ids, hideable, words, width, &$0) }
            }
            defer { own = twister }
            return apply(to: &ids, hideable, words, width, &twister)
        }
    }

    private func apply(
        to ids: inout [Int64], _ hideable: [Bool], _ words: [Int32]?, _ width: Int,
        _ generator: inout TorchMersenneTwister
    ) -> [Int64] {
        // A number is drawn for every token, whether it may be chosen or not.
        var chosen = hideable.map { generator.bernoulli(probability) && $0 }
        if let words { Self.spread(&chosen, words, width) }
        let labels = zip(ids, chosen).map { $1 ? $0 : -100 }
        let masked = chosen.map { generator.bernoulli(maskShare) && $0 }
        for place in ids.indices where masked[place] { ids[place] = maskId }
        guard let randomShare else { return labels }
        let replaced = chosen.indices.map { generator.bernoulli(randomShare) && chosen[$0] && !masked[$0] }
        for place in ids.indices {
            let word = generator.randint(vocabularySize)
            if replaced[place] { ids[place] = Int64(word) }
        }
        return labels
    }

    /// Chooses all tokens of the words of which one is chosen.
    private static func spread(_ chosen: inout [Bool], _ words: [Int32], _ width: Int) {
        guard width > 0 else { return }
        for start in stride(from: 0, to: chosen.count, by: width) {
            let row = start..<start + width
            let found = Set(row.filter { chosen[$0] && words[$0] >= 0 }.map { words[$0] })
            for place in row { chosen[place] = words[place] >= 0 && found.contains(words[place]) }
        }
    }
}
