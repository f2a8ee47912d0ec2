extension Tokenizer {
    /// Pads encodings that were made one by one to a common length, as a batch.
    ///
    /// - Parameters:
    ///   - encodings: the encodings; none is cut.
    ///   - padding: `.longest` (default) to the longest of them, `.maxLength` to `maxLength` or the model's maximum.
    ///   - maxLength: the length to pad to with `.maxLength`.
    ///   - padToMultipleOf: makes the length a multiple of this.
    ///   - paddingSide: the side on which to pad; by default the tokenizer's.
    /// - Throws: `TokenizerError.invalidArgument` where there is no padding token.
    public func pad(
        _ encodings: [Encoding], padding: Padding = .longest, maxLength: Int? = nil, padToMultipleOf: Int? = nil,
        paddingSide: Side? = nil
    ) throws -> BatchEncoding {
        var batch = BatchEncoding(encodings: encodings)
        if let padding = try resolve(padding, maxLength, padToMultipleOf, paddingSide) { batch.pad(padding) }
        return batch
    }
}
