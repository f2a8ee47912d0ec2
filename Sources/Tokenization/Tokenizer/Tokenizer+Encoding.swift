extension Tokenizer {
    /// Encodes a text, or a pair of texts.
    ///
    /// What Python returns on request is always there: masks, offsets, word ids, the special-tokens mask.
    /// - Parameters:
    ///   - text: the text.
    ///   - textPair: the second text of a pair; an empty one counts as none, as in Python (but not in batches).
    ///   - addSpecialTokens: whether special tokens such as `[CLS]` and `[SEP]` are added.
    ///   - padding: `.maxLength` pads to `maxLength`; `true` or `.longest` have an effect on batches, or with
    ///     `padToMultipleOf`.
    ///   - truncation: `true` or `.longestFirst`, `.onlyFirst`, `.onlySecond`; `false` for none. Left out, it is
    ///     `true` where `maxLength` is given and nothing is padded, as in Python.
    ///   - maxLength: the length to truncate and pad to; by default the model's maximum.
    ///   - stride: how many tokens neighbouring parts of a text that was cut share; it has an effect with
    ///     `returnOverflowingTokens`.
    ///   - padToMultipleOf: makes the padded length a multiple of this.
    ///   - paddingSide: the side on which to pad; by default the tokenizer's.
    ///   - returnOverflowingTokens: whether the parts that were cut off are kept, in ``Encoding/overflowing``.
    /// - Throws: `TokenizerError` for arguments that contradict each other, for a text too short for what must be cut
    ///   (`.onlyFirst`, `.onlySecond`), and for an unknown word without an unknown token.
    public func callAsFunction(
        _ text: String, textPair: String? = nil, addSpecialTokens: Bool = true, padding: Padding = .doNotPad,
        truncation: Truncation? = nil, maxLength: Int? = nil, stride: Int = 0, padToMultipleOf: Int? = nil,
        paddingSide: Side? = nil, returnOverflowingTokens: Bool = false
    ) throws -> Encoding {
        try encode(
            .text(text), textPair.flatMap { $0.isEmpty ? nil : .text($0) },
            resolve(
                addSpecialTokens: addSpecialTokens, padding: padding, truncation: truncation, maxLength: maxLength,
                stride: stride, padToMultipleOf: padToMultipleOf, paddingSide: paddingSide,
                returnOverflowingTokens: returnOverflowingTokens))
    }

    /// Encodes a text, or a pair of texts, that is split into words already (Python's `is_split_into_words`).
    ///
    /// Each word goes through the pipeline by itself: ``Encoding/wordIds`` are places among the words, and offsets count
    /// from each word's start.
    /// - Parameters:
    ///   - words: the words of the text.
    ///   - pairWords: the words of the second text of a pair; none counts as no second text, as in Python.
    ///   - addSpecialTokens: as for a text that is not split, like all that follow.
    ///   - padding: how it is padded.
    ///   - truncation: how it is cut.
    ///   - maxLength: the length to cut and pad to; by default the model's maximum.
    ///   - stride: how many tokens neighbouring parts share.
    ///   - padToMultipleOf: makes the padded length a multiple of this.
    ///   - paddingSide: the side on which to pad; by default the tokenizer's.
    ///   - returnOverflowingTokens: whether what is cut off is kept as further encodings.
    /// - Throws: `TokenizerError` as for a text that is not split.
    public func callAsFunction(
        words: [String], pairWords: [String]? = nil, addSpecialTokens: Bool = true, padding: Padding = .doNotPad,
        truncation: Truncation? = nil, maxLength: Int? = nil, stride: Int = 0, padToMultipleOf: Int? = nil,
        paddingSide: Side? = nil, returnOverflowingTokens: Bool = false
    ) throws -> Encoding {
        try encode(
            .words(words), pairWords.flatMap { $0.isEmpty ? nil : .words($0) },
            resolve(
                addSpecialTokens: addSpecialTokens, padding: padding, truncation: truncation, maxLength: maxLength,
                stride: stride, padToMultipleOf: padToMultipleOf, paddingSide: paddingSide,
                returnOverflowingTokens: returnOverflowingTokens))
    }

    private func encode(_ first: TextInput, _ second: TextInput?, _ options: EncodingOptions) throws -> Encoding {
        var encoding = try workers.withWorker(of: self) { (worker) throws(TokenizerError) in
            try worker.encode(first, second, options, self)
        }
        if let padding = options.padding { encoding.pad(to: padding.length(longest: encoding.count), padding) }
        return encoding
    }

    /// The tokens of a text, special tokens left out unless asked for.
    public func tokenize(_ text: String, addSpecialTokens: Bool = false) throws -> [String] {
        try callAsFunction(text, addSpecialTokens: addSpecialTokens, truncation: false).tokens
    }

    func resolve(
        addSpecialTokens: Bool, padding: Padding, truncation: Truncation?, maxLength: Int?, stride: Int,
        padToMultipleOf: Int?, paddingSide: Side?, returnOverflowingTokens: Bool
    ) throws(TokenizerError) -> EncodingOptions {
        guard stride >= 0 else { throw .invalidArgument("stride is \(stride), but cannot be negative") }
        if let maxLength, maxLength < 0 {
            throw .invalidArgument("maxLength is \(maxLength), but a length cannot be negative")
        }
        var truncation = truncation ?? (maxLength != nil && padding == .doNotPad ? .longestFirst : .doNotTruncate)
        let limit = maxLength ?? modelMaxLength
        if limit == .max { truncation = .doNotTruncate }
        if truncation != .doNotTruncate, stride > max(0, limit - numSpecialTokensToAdd()) {
            throw .invalidArgument(
                "stride is \(stride), but of \(limit) tokens special ones leave only \(limit - numSpecialTokensToAdd()); "
                    + "make stride smaller or maxLength larger")
        }
        let padding = try resolve(padding, maxLength, padToMultipleOf, paddingSide)
        if truncation != .doNotTruncate, let multiple = padding?.multiple, limit % multiple != 0 {
            throw .invalidArgument(
                "texts are cut to \(limit) tokens and padded to a multiple of \(multiple), but \(limit) is none; "
                    + "change maxLength or padToMultipleOf")
        }
        return EncodingOptions(
            addSpecialTokens: addSpecialTokens, truncation: truncation, truncationLength: limit,
            truncationSide: truncationSide, stride: stride, returnOverflowingTokens: returnOverflowingTokens,
            padding: padding)
    }

    func resolve(
        _ padding: Padding, _ maxLength: Int?, _ padToMultipleOf: Int?, _ side: Side?
    ) throws(TokenizerError) -> ResolvedPadding? {
        if let padToMultipleOf, padToMultipleOf < 1 {
            throw .invalidArgument("padToMultipleOf is \(padToMultipleOf), but must be at least 1")
        }
        let length = padding == .maxLength ? maxLength ?? modelMaxLength : nil
        // Without a maximum there is nothing to pad to: Python does not pad then either.
        guard padding != .doNotPad, length != .max else { return nil }
        guard let padId else {
            throw .invalidArgument("asked to pad, but the tokenizer has no padding token (pad_token)")
        }
        return ResolvedPadding(
            length: length, multiple: padToMultipleOf, side: side ?? paddingSide, id: padId,
            typeId: configuration.padTokenTypeId)
    }
}
