public import Datasets
public import Tokenization
public import Training

/// Pads rows and makes the labels of language modelling, as Python's class of this name: with `mlm` some tokens are hidden
/// and must be told from the others; without it each token's label is the token itself.
///
/// The choice of tokens is Python's at the same state of the random generator: the CPU's default one, or one of the
/// collator's own where `seed` is given.
public struct DataCollatorForLanguageModeling: DataCollator {
    /// What is hidden.
    public struct Options: Sendable, Hashable {
        /// Whether tokens are hidden (BERT); false for models that predict the next token (GPT).
        public var mlm = true
        /// Whether all pieces of a word are hidden together, always behind the mask token. The rows then need the column
        /// `offset_mapping`.
        public var wholeWordMask = false
        /// The probability that a token must be predicted.
        public var mlmProbability = 0.15
        /// Of these, the share that the mask token replaces.
        public var maskReplaceProb = 0.8
        /// Of these, the share that a random token replaces; the rest stays as it is.
        public var randomReplaceProb = 0.1
        public var padToMultipleOf: Int?
        /// Of a generator that the collator has for itself; nil for the CPU's default one.
        public var seed: Int?

        public init() {}
    }

    public let options: Options
    private let padding: TokenPadding
    private let masking: TokenMasking?
    /// The ids that are never hidden.
    private let specialIds: Set<Int32>

    /// Random numbers come in the order of the calls.
    public var isConcurrent: Bool { masking == nil }

    /// - Parameters:
    ///   - tokenizer: the model's.
    ///   - options: sets what differs from the defaults: `{ $0.mlm = false }`.
    /// - Throws: ``PretrainedModelError/argument(_:)`` where the tokenizer has no mask token but `mlm` is asked for, or a
    ///   probability is not between 0 and 1.
    public init(_ tokenizer: Tokenizer, _ options: (inout Options) -> Void = { _ in }) throws {
        var chosen = Options()
        options(&chosen)
        if chosen.wholeWordMask {
            guard chosen.mlm else {
                throw PretrainedModelError.argument("wholeWordMask hides words, which needs mlm")
            }
            // As Python: whole words are never replaced by others.
            (chosen.maskReplaceProb, chosen.randomReplaceProb) = (1, 0)
        }
        for (name, share) in [
            ("mlmProbability", chosen.mlmProbability), ("maskReplaceProb", chosen.maskReplaceProb),
            ("randomReplaceProb", chosen.randomReplaceProb),
        ] where !(0...1).contains(share) {
            throw PretrainedModelError.argument("\(name) is \(share), but must be between 0 and 1")
        }
        guard chosen.maskReplaceProb + chosen.randomReplaceProb <= 1 else {
            throw PretrainedModelError.argument(
                "maskReplaceProb and randomReplaceProb are \(chosen.maskReplaceProb) and \(chosen.randomReplaceProb), "
                    + "more than 1 together")
        }
        guard !chosen.mlm || tokenizer.maskTokenId != nil else {
            throw PretrainedModelError.argument(
                "the tokenizer has no mask token, which masked language modelling needs; set mlm to false for a model that "
                    + "predicts the next token")
        }
        self.options = chosen
        padding = try TokenPadding(tokenizer, padToMultipleOf: chosen.padToMultipleOf)
        specialIds = Set(tokenizer.specialTokens.all.compactMap { tokenizer.tokenToId($0).map { Int32($0) } })
        masking = try chosen.mlm ? TokenMasking(chosen, tokenizer) : nil
    }

    /// `input_ids`, `token_type_ids` (where the rows have them), `attention_mask` and `labels`, `int64 [N, L]`. Labels of
    /// tokens that are not to be predicted, and of padding, are -100.
    ///
    /// The column `special_tokens_mask` says which tokens are never hidden; without it those with a role are not.
    public func batch(_ rows: [Row], places: [Int], wanted: WantedColumns) throws -> Batch {
        let tokens = try TokenizedRows(rows, places: places, wanted: wanted)
        var batch = try tokens.batch(padding, places: places)
        let width = batch[.inputIds]?.size(1) ?? 0
        var ids = padding.flat(tokens.inputIds, width: width, filler: padding.tokenId ?? 0)
        guard let masking else {
            batch[.labels] = Tensor(
                ids.map { $0 == Int64(padding.tokenId ?? -1) ? -100 : $0 }, shape: [rows.count, width])
            return batch
        }
        let special = try specialTokens(rows, tokens.inputIds, places)
        var hideable = padding.flat(special, width: width, filler: 1).map { $0 == 0 }
        var words: [Int32]?
        if options.wholeWordMask {
            let offsets = try offsets(rows, tokens.inputIds, places)
            let numbers = WholeWords.numbers(offsets, special: special)
            words = padding.flat(numbers, width: width, filler: -1).map { Int32(truncatingIfNeeded: $0) }
            // The first token of a word decides for all.
            for place in hideable.indices.reversed() where place % width > 0 {
                if let words, words[place] == words[place - 1] { hideable[place] = false }
            }
        }
        let labels = masking.apply(to: &ids, hideable: hideable, words: words, width: width)
        batch[.inputIds] = Tensor(ids, shape: [rows.count, width])
        batch[.labels] = Tensor(labels, shape: [rows.count, width])
        batch.labelCount = labels.count { $0 != -100 }
        return batch
    }

    private func specialTokens(_ rows: [Row], _ ids: [[Int32]], _ places: [Int]) throws -> [[Int32]] {
        let name = "special_tokens_mask"
        guard rows[0].columnNames.contains(name) else {
            return ids.map { $0.map { specialIds.contains($0) ? 1 : 0 } }
        }
        let special: [[Int32]] = try rows.map { try $0[name] }
        try check(name, special.map(\.count), ids, places)
        return special
    }

    private func offsets(_ rows: [Row], _ ids: [[Int32]], _ places: [Int]) throws -> [[[Int32]]] {
        let name = "offset_mapping"
        guard rows[0].columnNames.contains(name) else {
            throw TrainingError.data(
                "wholeWordMask needs the column \(name), pairs of each token's start and end, beside input_ids")
        }
        let offsets: [[[Int32]]] = try rows.map { try $0[name] }
        try check(name, offsets.map(\.count), ids, places)
        if let wrong = offsets.indices.first(where: { offsets[$0].contains { $0.count != 2 } }) {
            throw TrainingError.data("row \(places[wrong]): '\(name)' must hold pairs of a start and an end")
        }
        return offsets
    }

    private func check(_ name: String, _ counts: [Int], _ ids: [[Int32]], _ places: [Int]) throws {
        guard let wrong = counts.indices.first(where: { counts[$0] != ids[$0].count }) else { return }
        throw TrainingError.data(
            "row \(places[wrong]): '\(name)' has \(counts[wrong]) elements for \(ids[wrong].count) tokens")
    }
}

/// Which tokens are one word: those without a gap between them.
private enum WholeWords {
    /// The number of each token's word, from 1; -1 for special tokens.
    static func numbers(_ offsets: [[[Int32]]], special: [[Int32]]) -> [[Int32]] {
        zip(offsets, special).map { offsets, special in
            var count: Int32 = 0
            return offsets.indices.map { place in
                guard special[place] == 0 else { return -1 }
                let followsSpecial = place > 0 && special[place - 1] == 1
                let end = place > 0 ? offsets[place - 1][1] : -1
                if offsets[place][0] != end || followsSpecial { count += 1 }
                return count
            }
        }
    }
}
