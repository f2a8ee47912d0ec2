/// The mean losses of batches, each with its rows, and their mean over the rows.
struct EvaluationLosses {
    private var losses: [Float] = []
    private var rows: [Int] = []
    /// Losses on a device that nobody has waited for yet.
    private var pending: [Tensor] = []

    init(_ values: [(loss: Float, rows: Int)] = []) {
        losses = values.map(\.loss)
        rows = values.map(\.rows)
    }

    /// All that were fetched.
    var values: [(loss: Float, rows: Int)] { zip(losses, rows).map { (loss: $0, rows: $1) } }

    mutating func add(_ loss: Tensor, rows count: Int) {
        rows.append(count)
        let mean = loss.mean().detach()
        if mean.device.kind == .cpu {
            losses.append(Float(mean.item()))
        } else {
            pending.append(mean)
            if pending.count == 256 { fetch() }
        }
    }

    mutating func fetch() {
        guard !pending.isEmpty else { return }
        losses += Tensor.stack(pending).array(of: Float.self)
        pending = []
    }

    /// Nil where there is none. Losses that are not finite are left out where `filters` is set and others are finite.
    func mean(filters: Bool) -> Double? {
        guard !losses.isEmpty else { return nil }
        let isFiltered = filters && losses.contains { $0.isFinite }
        var sum = 0.0
        var count = 0
        for (loss, rows) in zip(losses, rows) where !isFiltered || loss.isFinite {
            sum += Double(loss) * Double(rows)
            count += rows
        }
        return sum / Double(count)
    }

    /// One for each row.
    var perRow: Tensor? {
        losses.isEmpty
            ? nil : Tensor(zip(losses, rows).flatMap { [Float](repeating: $0, count: $1) })
    }

    /// One for each row of a batch.
    func perRow(batch: Int) -> Tensor? {
        losses.indices.contains(batch) ? Tensor([Float](repeating: losses[batch], count: rows[batch])) : nil
    }
}
