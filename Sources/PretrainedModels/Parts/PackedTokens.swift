import Training

/// The real tokens of a batch padded on the right, laid end to end.
struct PackedTokens {
    let lengths: [Int]
    /// Length of the padded rows.
    let width: Int
    /// `int64 [tokens]`
    let ids: Tensor
    let types: Tensor
    let positions: Tensor
    /// Where the tokens are among the padded ones, `int64 [tokens]`.
    var places: Tensor {
        Tensor(lengths.enumerated().flatMap { row, length in (0..<Int64(length)).map { Int64(row * width) + $0 } })
    }

    /// Nil where lengths are unknown or the padding is not on the right alone.
    init?(_ inputs: Batch, _ numbering: PositionNumbering) {
        guard let lengths = inputs.lengths, let ids = inputs[.inputIds], ids.dim == 2, ids.size(0) == lengths.count,
            ids.dtype == .int64, lengths.allSatisfy({ $0 > 0 })
        else { return nil }
        let width = ids.size(1)
        guard lengths.allSatisfy({ $0 <= width }) else { return nil }
        if let mask = inputs[.attentionMask] {
            guard mask.shape == ids.shape, Self.padsOnTheRight(mask, lengths) else { return nil }
        } else if lengths.contains(where: { $0 != width }) {
            return nil
        }
        guard let flat = Self.pack(ids, lengths) else { return nil }
        self.lengths = lengths
        self.width = width
        self.ids = Tensor(flat)
        positions = Tensor(Self.positions(flat, lengths, numbering))
        if let types = inputs[.tokenTypeIds] {
            guard types.shape == ids.shape, let flat = Self.pack(types, lengths) else { return nil }
            self.types = Tensor(flat)
        } else {
            types = Tensor([Int64](repeating: 0, count: flat.count))
        }
    }

    private static func pack(_ tensor: Tensor, _ lengths: [Int]) -> [Int64]? {
        let width = tensor.size(1)
        return tensor.withUnsafeElements(of: Int64.self) { elements in
            var flat: [Int64] = []
            flat.reserveCapacity(lengths.reduce(0, +))
            for (row, length) in lengths.enumerated() {
                flat.append(contentsOf: elements[row * width..<row * width + length])
            }
            return flat
        }
    }

    private static func positions(_ ids: [Int64], _ lengths: [Int], _ numbering: PositionNumbering) -> [Int64] {
        guard case .afterPadding(let padding) = numbering else { return lengths.flatMap { 0..<Int64($0) } }
        var positions: [Int64] = []
        positions.reserveCapacity(ids.count)
        var start = 0
        for length in lengths {
            var next = Int64(padding)
            for id in ids[start..<start + length] {
                // A padding token among the others is passed over, as in Python.
                if id != padding { next += 1 }
                positions.append(id == padding ? Int64(padding) : next)
            }
            start += length
        }
        return positions
    }

    private static func padsOnTheRight(_ mask: Tensor, _ lengths: [Int]) -> Bool {
        let width = mask.size(1)
        let result = mask.withUnsafeElements(of: Int64.self) { elements in
            lengths.enumerated().allSatisfy { row, length in
                let values = elements[row * width..<(row + 1) * width]
                return values.prefix(length).allSatisfy { $0 == 1 } && values.dropFirst(length).allSatisfy { $0 == 0 }
            }
        }
        return result ?? false
    }
}

extension StepContext {
    /// Key of a row's dropout in this step.
    func rowKey(_ row: Int) -> UInt64 {
        PackedRows.rowKey(seed: seed, step: globalStep, microBatch: microBatch, row: row)
    }
}
