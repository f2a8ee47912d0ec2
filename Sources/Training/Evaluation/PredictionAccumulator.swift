/// Puts tensors of batches into one on the CPU, row by row along dimension 0, padding dimension 1 with -100.
///
/// The whole is allocated when the first batch comes: memory that is not written yet takes no room, and nothing is held
/// twice. It is made anew only where a batch is wider than all before.
struct PredictionAccumulator {
    private let name: String
    /// Rows and batches that will come.
    private let expected: (rows: Int, batches: Int)
    private var whole: Tensor?
    private var used = 0
    private var isScattered = false

    init(_ name: String, rows: Int, batches: Int) {
        self.name = name
        expected = (rows, batches)
    }

    /// - Parameters:
    ///   - batchRows: Rows of the batch; a tensor may have another first size.
    ///   - places: Where the rows belong; nil: after those there are.
    /// - Throws: ``TrainingError/argument(_:)`` for a shape that fits no padding.
    mutating func add(_ tensor: Tensor, batchRows: Int, places: [Int]? = nil) throws {
        // As Python, whose NumPy has no bfloat16.
        let detached = tensor.detach().to(device: .cpu, dtype: tensor.dtype == .bfloat16 ? .float32 : nil)
        let part = detached.dim == 0 ? detached.reshape([1]) : detached
        let rows = part.size(0)
        if whole == nil {
            let capacity = rows == batchRows ? expected.rows : rows * expected.batches
            whole = Tensor.empty([max(capacity, rows)] + part.shape.dropFirst(), dtype: part.dtype)
        }
        try makeRoom(for: part)
        guard let whole else { return }
        let padded = part.paddedWithIgnored(to: whole.dim > 1 ? whole.size(1) : nil)
        if let places, places != Array(used..<used + rows) || isScattered {
            guard places.count == rows else {
                throw TrainingError.argument(
                    "\(name) has \(rows) rows in a batch of \(places.count), so their order cannot be restored; set "
                        + "numerics to reference")
            }
            isScattered = true
            _ = whole.indexCopy_(dim: 0, index: Tensor(places), source: padded)
        } else {
            _ = whole[used..<used + rows].copy_(padded)
        }
        used += rows
    }

    /// Nil where nothing came.
    func joined() -> Tensor? {
        guard let whole else { return nil }
        return used == whole.size(0) ? whole : whole[0..<used]
    }

    private mutating func makeRoom(for part: Tensor) throws {
        guard let old = whole else { return }
        guard part.dim == old.dim, part.shape.dropFirst(2) == old.shape.dropFirst(2) else {
            throw TrainingError.argument(
                "\(name) has the shape \(part.shape) in one batch and [rows, "
                    + old.shape.dropFirst().map { "\($0)" }.joined(separator: ", ")
                    + "] in another; they may differ in the first two dimensions only")
        }
        let width = part.dim > 1 ? max(part.size(1), old.size(1)) : 0
        let height = used + part.size(0) > old.size(0) ? max(2 * old.size(0), used + part.size(0)) : old.size(0)
        guard height > old.size(0) || part.dim > 1 && width > old.size(1) else { return }
        let new = Tensor.empty(
            part.dim > 1 ? [height, width] + part.shape.dropFirst(2) : [height], dtype: old.dtype)
        let kept = isScattered ? old.size(0) : used
        if kept > 0 {
            let rows = new[0..<kept]
            if part.dim > 1 {
                _ = rows.narrow(dim: 1, start: 0, length: old.size(1)).copy_(old[0..<kept])
                if width > old.size(1) {
                    _ = rows.narrow(dim: 1, start: old.size(1), length: width - old.size(1)).fill_(-100)
                }
            } else {
                _ = rows.copy_(old[0..<kept])
            }
        }
        whole = new
    }
}
