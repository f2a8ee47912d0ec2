/// How the losses of a step's micro-batches are weighted.
///
/// - `mean`: each by its share of the labels that count (``TrainableModel/lossWeight(_:)``), so that a global batch has one
///   loss and gradient however it is split over micro-batches and ranks.
/// - `python`: as Python's Trainer 5.x. A model that takes the label count is trusted to use it, and its mean losses are
///   added up. One that predicts the next token does use it: its losses are sums divided by the step's count. Others are
///   divided by the number of micro-batches.
///
/// A loss that is normalised over the whole step already (``Trainer/lossIsScaledForAccumulation``) is only added up. Gradients
/// are averaged over ranks afterwards, so what is a share of all ranks' labels is multiplied by the number of ranks.
public struct LossScale: Sendable {
    /// Labels that count in the whole step, of all ranks; the rows where there are no labels.
    public let labelCount: Int
    private let factors: [Double?]

    /// - Parameters:
    ///   - counts: Of the whole step; of this rank alone where ranks' means weigh the same
    ///     (`average_tokens_across_devices` off).
    ///   - ranks: How many ranks the counts are of.
    ///   - isScaled: ``Trainer/lossIsScaledForAccumulation``.
    init(
        _ group: [Batch], counts: LossCounts, ranks: Int = 1, model: any TrainableModel, mode: LossScaling,
        isScaled: Bool?
    ) {
        labelCount = Int(counts.labels)
        let share = Double(ranks)
        /// The same for all; nil: 1.
        func all(_ factor: Double) -> [Double?] { group.map { _ in factor == 1 ? nil : factor } }
        let hasLabels = group.allSatisfy { $0[.labels] != nil }
        if mode == .python, model.predictsNextToken, isScaled == nil, hasLabels, counts.labels > 0 {
            factors = group.map { Double(model.labelCount($0)) / counts.labels * share }
            return
        }
        guard group.count > 1 || ranks > 1, isScaled != true else {
            factors = all(isScaled == true ? share : 1)
            return
        }
        switch mode {
        case .python:
            let trustsModel = isScaled == nil && model.acceptsLossCount && hasLabels
            factors = all(trustsModel ? share : 1 / Double(group.count))
        case .mean:
            // Without any label the losses stay what they are: not a number.
            factors = group.map {
                counts.weight > 0 ? model.lossWeight($0) / counts.weight * share : 1 / Double(group.count)
            }
        }
    }

    /// The factor of a micro-batch's mean loss; nil: 1. Zero where none of its labels count: its loss, a mean of nothing, is
    /// then left out.
    public func factor(of batch: Batch) -> Double? { factors[batch.step?.microBatch ?? 0] }
}
