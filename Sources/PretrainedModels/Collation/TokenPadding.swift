import Tokenization
import Training

/// How rows of token ids become one matrix.
struct TokenPadding: Sendable {
    /// Id of the padding token; nil where the tokenizer has none, and rows must have one length.
    let tokenId: Int?
    /// Type id of padding.
    let typeId: Int
    let side: Side
    /// Widths are rounded up to a multiple of this.
    let multiple: Int?
    /// The width of all batches; nil: that of the longest row.
    let length: Int?

    /// - Throws: ``PretrainedModelError/argument(_:)`` for a length or multiple that is not positive, or
    ///   `padding: .maxLength` without a length.
    init(_ tokenizer: Tokenizer, padding: Padding = .longest, maxLength: Int? = nil, padToMultipleOf: Int?) throws {
        if let padToMultipleOf, padToMultipleOf < 1 {
            throw PretrainedModelError.argument("padToMultipleOf is \(padToMultipleOf), but must be at least 1")
        }
        if let maxLength, maxLength < 1 {
            throw PretrainedModelError.argument("maxLength is \(maxLength), but must be at least 1")
        }
        let longest = tokenizer.modelMaxLength == .max ? nil : tokenizer.modelMaxLength
        length = padding == .maxLength ? maxLength ?? longest : nil
        if padding == .maxLength, length == nil {
            throw PretrainedModelError.argument(
                "padding is maxLength, but neither maxLength nor the tokenizer says which length that is")
        }
        if padding == .doNotPad {
            throw PretrainedModelError.argument(
                "a batch is one matrix, so its rows are padded; use longest or maxLength")
        }
        tokenId = tokenizer.padTokenId
        typeId = tokenizer.padTokenTypeId
        side = tokenizer.paddingSide
        multiple = padToMultipleOf
    }

    /// No padding: rows have one length.
    init() {
        (tokenId, typeId, side, multiple, length) = (nil, 0, .right, nil, nil)
    }

    /// The width of a batch.
    ///
    /// - Throws: `TrainingError` where a row is longer than the given length, or must be padded without a padding token.
    func width(of lengths: [Int], places: [Int]) throws -> Int {
        let longest = lengths.max() ?? 0
        var width = longest
        if let length {
            guard longest <= length else {
                throw TrainingError.data(
                    "row \(row(lengths.firstIndex(of: longest) ?? 0, places)) has \(longest) tokens, but rows are padded "
                        + "to \(length); truncate them to that length")
            }
            width = length
        }
        if let multiple { width = (width + multiple - 1) / multiple * multiple }
        if tokenId == nil, let short = lengths.firstIndex(where: { $0 != width }) {
            throw TrainingError.data(
                "row \(row(short, places)) has \(lengths[short]) tokens in a batch \(width) wide, but there is no padding "
                    + "token")
        }
        return width
    }

    private func row(_ index: Int, _ places: [Int]) -> Int { places.indices.contains(index) ? places[index] : index }

    /// The rows as int64 `[rows, width]`.
    func matrix(_ rows: [[Int32]], width: Int, filler: Int) -> Tensor {
        Tensor(flat(rows, width: width, filler: filler), shape: [rows.count, width])
    }

    /// The rows one after the other, each `width` long.
    func flat(_ rows: [[Int32]], width: Int, filler: Int) -> [Int64] {
        [Int64](unsafeUninitializedCapacity: rows.count * width) { buffer, count in
            buffer.initialize(repeating: Int64(filler))
            count = buffer.count
            for (index, row) in rows.enumerated() {
                let start = index * width + (side == .left ? width - row.count : 0)
                for (offset, value) in row.enumerated() { buffer[start + offset] = Int64(value) }
            }
        }
    }
}
