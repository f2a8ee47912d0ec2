/// Batch normalisation of each channel of `[N, features, height, width]`, as PyTorch's `nn.BatchNorm2d` (Ioffe and Szegedy
/// 2015). Evaluation uses the running mean and variance, which training keeps in buffers of the state dict.
public final class BatchNorm2d: Module {
    /// `[features]`; ones at first.
    @Parameter public var weight: Tensor
    /// `[features]`; zeros at first.
    @Parameter public var bias: Tensor
    /// `[features]`; zeros at first.
    @Buffer public var runningMean: Tensor
    /// `[features]`; ones at first.
    @Buffer public var runningVar: Tensor
    /// Batches seen in training; 0-d, int64.
    @Buffer public var numBatchesTracked: Tensor
    public let eps: Double
    /// The share of a new batch in the running values.
    public let momentum: Double

    public init(_ numFeatures: Int, eps: Double = 1e-5, momentum: Double = 0.1) {
        self.eps = eps
        self.momentum = momentum
        weight = Tensor.ones([numFeatures])
        bias = Tensor.zeros([numFeatures])
        runningMean = Tensor.zeros([numFeatures])
        runningVar = Tensor.ones([numFeatures])
        numBatchesTracked = Tensor.zeros([], dtype: .int64)
    }

    /// The shape stays.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        if training { noGrad { _ = numBatchesTracked.add_(1) } }
        return input.batchNorm(
            weight: weight, bias, runningMean, runningVar, training: training, momentum: momentum, eps: eps,
            cudnnEnabled: true)
    }
}
