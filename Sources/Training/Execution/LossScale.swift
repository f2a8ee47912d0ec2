/// How the losses of a step's micro-batches are weighted.
///
/// - `mean`: each by its share of the labels that count, so that a global batch has one loss and gradient however it is
///   split.
/// - `python`: as Python's Trainer 5.x. A model that takes the label count is trusted to use it, and its mean losses are
///   added up; others are divided by the number of micro-batches.
public final class LossScale {
    /// Labels that count in the whole step; nil where a batch does not know.
    public let labelCount: Int?
    private let microBatches: Int
    private let mode: LossScaling
    private let trustsModel: Bool
    /// Terms that the losses so far really average.
    private var counted = 0

    init(_ group: [Batch], trainer: Trainer) {
        mode = trainer.arguments.lossScaling
        microBatches = group.count
        let counts = group.map { $0.labelCount ?? $0.count }
        labelCount = counts.reduce(0, +)
        trustsModel = trainer.model.acceptsLossCount && group.allSatisfy { $0[.labels] != nil }
    }

    /// The factor of a micro-batch's mean loss; nil: 1.
    ///
    /// To be asked once for each micro-batch.
    ///
    /// - Parameters:
    ///   - batch: The micro-batch.
    ///   - lossCount: How many terms the loss averages; nil: as many as the batch says.
    public func factor(of batch: Batch, lossCount: Int?) -> Double? {
        guard microBatches > 1 else { return nil }
        switch mode {
        case .python:
            return trustsModel ? nil : 1 / Double(microBatches)
        case .mean:
            let count = lossCount ?? batch.labelCount ?? batch.count
            counted += count
            return Double(count) / Double(max(labelCount ?? 1, 1))
        }
    }

    /// What the gradients are multiplied by after all micro-batches, where their losses averaged another number of terms than
    /// the batches said; nil: 1.
    var correction: Double? {
        guard microBatches > 1, mode == .mean, counted > 0, let labelCount, counted != labelCount else { return nil }
        return Double(max(labelCount, 1)) / Double(counted)
    }

    /// How many terms a summed loss is divided by; nil: its own. Python divides label smoothing by the step's count.
    func divisor() -> Int? { mode == .python && trustsModel ? labelCount : nil }
}
