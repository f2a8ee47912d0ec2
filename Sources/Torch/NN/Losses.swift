internal import CTorch

/// How a loss joins the terms of a batch.
public enum Reduction: Int, Sendable, Hashable {
    case none = 0
    case mean = 1
    case sum = 2
}

/// Cross entropy between logits and class ids, as PyTorch's `F.cross_entropy`.
///
/// - Parameters:
///   - logits: `[N, C]` or `[N, C, …]`, floating.
///   - labels: `[N]` or `[N, …]`, `int64`.
///   - weight: `[C]`, a factor for each class; the mean then divides by the sum of the labels' factors.
///   - ignoreIndex: Labels of this value count for nothing. Default -100.
///   - labelSmoothing: In [0, 1): the share given to all classes alike.
///   - reduction: How the terms are joined; by default their mean.
public func crossEntropy(
    _ logits: Tensor, _ labels: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100,
    labelSmoothing: Double = 0, reduction: Reduction = .mean
) -> Tensor {
    guard weight == nil, labelSmoothing == 0 else {
        return logits.crossEntropyLoss(
            labels, weight: weight, reduction: reduction.rawValue, ignoreIndex: ignoreIndex,
            labelSmoothing: labelSmoothing)
    }
    var loss: ct_tensor?
    check(ct_cross_entropy(logits.handle, labels.handle, Int64(reduction.rawValue), Int64(ignoreIndex), &loss))
    return Tensor(owning: loss)
}

/// Mean squared error, as PyTorch's `F.mse_loss`.
public func mseLoss(_ input: Tensor, _ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    input.mseLoss(target, reduction: reduction.rawValue)
}

/// Binary cross entropy between logits and targets in [0, 1], as PyTorch's `F.binary_cross_entropy_with_logits`.
///
/// - Parameters:
///   - logits: Any shape, floating.
///   - target: The shape of `logits`, floating.
///   - weight: A factor for each element, broadcast.
///   - posWeight: A factor for the positive part of each class, broadcast.
///   - reduction: How the terms are joined; by default their mean.
public func binaryCrossEntropyWithLogits(
    _ logits: Tensor, _ target: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
    logits.binaryCrossEntropyWithLogits(
        target, weight: weight, posWeight: posWeight, reduction: reduction.rawValue)
}
