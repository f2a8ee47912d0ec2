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
    ///   - padToMultipleOf: makes the padded length a multiple of this.
    ///   - paddingSide: the side on which to pad; by default the tokenizer's.
    /// - Throws: `TokenizerError` as for one text. Where several texts are in error, the error is the first one's.
    public func callAsFunction(
        batch texts: [String], textPairs: [String]? = nil, addSpecialTokens: Bool = true,
        padding: Padding = .doNotPad, truncation: Truncation? = nil, maxLength: Int? = nil,
        padToMultipleOf: Int? = nil, paddingSide: Side? = nil
    ) throws -> BatchEncoding {
        if let textPairs, textPairs.count != texts.count {
            throw TokenizerError.invalidArgument(
                "there are \(texts.count) texts, but \(textPairs.count) second texts")
        }
        let options = try resolve(
            addSpecialTokens: addSpecialTokens, padding: padding, truncation: truncation, maxLength: maxLength,
            padToMultipleOf: padToMultipleOf, paddingSide: paddingSide)
        var batch = BatchEncoding(encodings: try encodings(texts, textPairs, options))
        if let padding = options.padding { batch.pad(padding) }
        return batch
    }

    /// Texts are shared out among threads in pieces of this many.
    private static let pieceSize = 64

    private func encodings(
        _ texts: [String], _ textPairs: [String]?, _ options: EncodingOptions
    ) throws -> [Encoding] {
        let pieces = (texts.count + Self.pieceSize - 1) / Self.pieceSize
        @Sendable func encode(piece: Int, _ worker: EncodingWorker) throws(TokenizerError) -> [Encoding] {
            var encodings: [Encoding] = []
            encodings.reserveCapacity(Self.pieceSize)
            for index in piece * Self.pieceSize..<min(texts.count, (piece + 1) * Self.pieceSize) {
                encodings.append(try worker.encode(texts[index], textPairs?[index], options, self))
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
        encodings.reserveCapacity(texts.count)
        for result in results { encodings.append(contentsOf: try result.get()) }
        return encodings
    }
}
