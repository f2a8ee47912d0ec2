internal import Dispatch

extension Tokenizer {
    /// Encodes several texts, or pairs, on all cores; the result is in the texts' order.
    ///
    /// - Parameters:
    ///   - texts: the texts.
    ///   - textPairs: the second texts of pairs, as many as there are texts.
    ///   - addSpecialTokens: whether special tokens such as `[CLS]` and `[SEP]` are added.
    ///   - padding: `true` or `.longest` pads to the longest of the batch, `.maxLength` to `maxLength`.
    ///   - truncation: as for one text.
    ///   - maxLength: the length to truncate and pad to; by default the model's maximum.
    ///   - stride: as for one text.
    ///   - padToMultipleOf: makes the padded length a multiple of this.
    ///   - paddingSide: the side on which to pad; by default the tokenizer's.
    ///   - returnOverflowingTokens: whether the parts of texts that were cut become encodings of their own, behind that
    ///     of the text; ``BatchEncoding/overflowToSampleMapping`` tells their texts.
    /// - Throws: `TokenizerError` as for one text. Where several texts are in error, the error is the first one's.
    public func callAsFunction(
        batch texts: [String], textPairs: [String]? = nil, addSpecialTokens: Bool = true,
        padding: Padding = .doNotPad, truncation: Truncation? = nil, maxLength: Int? = nil, stride: Int = 0,
        padToMultipleOf: Int? = nil, paddingSide: Side? = nil, returnOverflowingTokens: Bool = false
    ) throws -> BatchEncoding {
        try Self.check(texts.count, textPairs?.count)
        return try encode(
            count: texts.count,
            resolve(
                addSpecialTokens: addSpecialTokens, padding: padding, truncation: truncation, maxLength: maxLength,
                stride: stride, padToMultipleOf: padToMultipleOf, paddingSide: paddingSide,
                returnOverflowingTokens: returnOverflowingTokens)
        ) { index in (.text(texts[index]), textPairs.map { pairs in .text(pairs[index]) }) }
    }

    /// Encodes several texts, or pairs, that are split into words already; the options are those of texts that are not.
    /// - Throws: `TokenizerError` as for one text. Where several texts are in error, the error is the first one's.
    public func callAsFunction(
        batchWords: [[String]], pairWords: [[String]]? = nil, addSpecialTokens: Bool = true,
        padding: Padding = .doNotPad, truncation: Truncation? = nil, maxLength: Int? = nil, stride: Int = 0,
        padToMultipleOf: Int? = nil, paddingSide: Side? = nil, returnOverflowingTokens: Bool = false
    ) throws -> BatchEncoding {
        try Self.check(batchWords.count, pairWords?.count)
        return try encode(
            count: batchWords.count,
            resolve(
                addSpecialTokens: addSpecialTokens, padding: padding, truncation: truncation, maxLength: maxLength,
                stride: stride, padToMultipleOf: padToMultipleOf, paddingSide: paddingSide,
                returnOverflowingTokens: returnOverflowingTokens)
        ) { index in (.words(batchWords[index]), pairWords.map { pairs in .words(pairs[index]) }) }
    }

    private static func check(_ count: Int, _ pairCount: Int?) throws(TokenizerError) {
        guard let pairCount, pairCount != count else { return }
        throw .invalidArgument("there are \(count) texts, but \(pairCount) second texts")
    }

    private func encode(
        count: Int, _ options: EncodingOptions, _ inputs: @Sendable (Int) -> (TextInput, TextInput?)
    ) throws -> BatchEncoding {
        var batch = BatchEncoding(encodings: try encodings(count, options, inputs))
        if let padding = options.padding { batch.pad(padding) }
        if options.returnOverflowingTokens { batch.spreadOverflow() }
        return batch
    }

    /// Texts are shared out among threads in pieces of this many.
    private static let pieceSize = 64

    private func encodings(
        _ count: Int, _ options: EncodingOptions, _ inputs: @Sendable (Int) -> (TextInput, TextInput?)
    ) throws -> [Encoding] {
        let pieces = (count + Self.pieceSize - 1) / Self.pieceSize
        @Sendable func encode(piece: Int, _ worker: EncodingWorker) throws(TokenizerError) -> [Encoding] {
            var encodings: [Encoding] = []
            encodings.reserveCapacity(Self.pieceSize)
            for index in piece * Self.pieceSize..<min(count, (piece + 1) * Self.pieceSize) {
                let (first, second) = inputs(index)
                encodings.append(try worker.encode(first, second, options, self))
            }
            return encodings
        }
        var results = [Result<[Encoding], TokenizerError>](repeating: .success([]), count: pieces)
        if pieces < 2 {
            if pieces == 1 {
                results[0] = .success(
                    try workers.withWorker(of: self) { (worker) throws(TokenizerError) in
                        try encode(piece: 0, worker)
                    })
            }
        } else {
            results.withUnsafeMutableBufferPointer { buffer in
                // Each iteration writes the one element of its own number.
                nonisolated(unsafe) let buffer = buffer
                DispatchQueue.concurrentPerform(iterations: pieces) { piece in
                    buffer[piece] = Result { () throws(TokenizerError) in
                        try self.workers.withWorker(of: self) { (worker) throws(TokenizerError) in
                            try encode(piece: piece, worker)
                        }
                    }
                }
            }
        }
        var encodings: [Encoding] = []
        encodings.reserveCapacity(count)
        for result in results { encodings.append(contentsOf: try result.get()) }
        return encodings
    }
}
