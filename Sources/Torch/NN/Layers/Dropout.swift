/// Zeroes elements at probability `p` while training and scales the others by 1 / (1 - p), as PyTorch's `nn.Dropout`.
public final class Dropout: Module {
    public let p: Double

    public init(_ p: Double = 0.5) { self.p = p }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        guard training, p > 0 else { return input }
        return input.dropout(p: p, train: true)
    }
}
