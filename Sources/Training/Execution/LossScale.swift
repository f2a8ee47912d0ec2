/// How the losses of a step's micro-batches are weighted.
///
/// - `mean`: each by its share of the labels that count (``TrainableModel/lossWeight(_:)``), so that a global batch has one
///   loss and gradient however it is split.
/// - `python`: as Python's Trainer 5.x. A model that takes the label count is trusted to use it, and its mean losses are
///   added up. One that predicts the next token does use it: its losses are sums divided by the step's count. Others are
///   divided by the number of micro-batches.
///
/// A loss that is normalised over the whole step already (``Trainer/lossIsScaledForAccumulation``) is only added up.
public struct LossScale: Sendable {
    /// Labels that count in the whole step; the rows where there are no labels.
    public let labelCount: Int
    private let factors: [Double?]

    /// - Parameter isScaled: ``Trainer/lossIsScaledForAccumulation``.
    init(_ group: [Batch], model: any TrainableModel, mode: LossScaling, isScaled: Bool?) {
        let count = group.reduce(0) {
            $0 + (mode == .python ? model.pythonLabelCount($1) : model.labelCount($1))
        }
        labelCount = count
        let hasLabels = group.allSatisfy { $0[.labels] != nil }
        if mode == .python, model.predictsNextToken, isScaled == nil, hasLabels, count > 0 {
            factors = group.map { Double(model.labelCount($0)) / Double(count) }
            return
        }
        guard group.count > 1, isScaled != true else {
            factors = group.map { _ in nil }
            return
        }
        switch mode {
        case .python:
            let trustsModel = isScaled == nil && model.acceptsLossCount && hasLabels
            factors = group.map { _ in trustsModel ? nil : 1 / Double(group.count) }
        case .mean:
            let weights = group.map { model.lossWeight($0) }
            let sum = weights.reduce(0, +)
            // Without any label the losses stay what they are: not a number.
            factors = weights.map { sum > 0 ? $0 / sum : 1 / Double(group.count) }
        }
    }

    /// The factor of a micro-batch's mean loss; nil: 1. Zero where none of its labels count: its loss, a mean of nothing, is
    /// then left out.
    public func factor(of batch: Batch) -> Double? { factors[batch.step?.microBatch ?? 0] }
}
