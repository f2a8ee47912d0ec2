import Training

/// A model that tells which rows it has seen in training.
class WatchedModel: Module {
    var seen: [[Int]] = []
    var onForward: ((Int) throws -> Void)?

    func note(_ inputs: Batch) throws {
        guard training else { return }
        seen.append(inputs.rows)
        try onForward?(seen.count)
    }
}
