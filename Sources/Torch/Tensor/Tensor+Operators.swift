// Swift's operators on tensors, with PyTorch's broadcasting and type promotion.
extension Tensor {
    public static func + (left: Tensor, right: Tensor) -> Tensor { left.add(right) }
    public static func + (left: Tensor, right: some ScalarConvertible) -> Tensor { left.add(right) }
    public static func + (left: some ScalarConvertible, right: Tensor) -> Tensor { right.add(left) }
    public static func - (left: Tensor, right: Tensor) -> Tensor { left.sub(right) }
    public static func - (left: Tensor, right: some ScalarConvertible) -> Tensor { left.sub(right) }
    public static func - (left: some ScalarConvertible, right: Tensor) -> Tensor { right.rsub(left) }
    public static func * (left: Tensor, right: Tensor) -> Tensor { left.mul(right) }
    public static func * (left: Tensor, right: some ScalarConvertible) -> Tensor { left.mul(right) }
    public static func * (left: some ScalarConvertible, right: Tensor) -> Tensor { right.mul(left) }
    public static func / (left: Tensor, right: Tensor) -> Tensor { left.div(right) }
    public static func / (left: Tensor, right: some ScalarConvertible) -> Tensor { left.div(right) }
    public static func / (left: some ScalarConvertible, right: Tensor) -> Tensor { right.reciprocal().mul(left) }
    public static prefix func - (tensor: Tensor) -> Tensor { tensor.neg() }

    /// Adds in place, as PyTorch's `+=`.
    public static func += (left: Tensor, right: Tensor) { left.add_(right) }
    public static func += (left: Tensor, right: some ScalarConvertible) { left.add_(right) }
    public static func -= (left: Tensor, right: Tensor) { left.sub_(right) }
    public static func -= (left: Tensor, right: some ScalarConvertible) { left.sub_(right) }
    public static func *= (left: Tensor, right: Tensor) { left.mul_(right) }
    public static func *= (left: Tensor, right: some ScalarConvertible) { left.mul_(right) }
    public static func /= (left: Tensor, right: Tensor) { left.div_(right) }
    public static func /= (left: Tensor, right: some ScalarConvertible) { left.div_(right) }

    /// The slice `index` along the first dimension; negative ones count from the end.
    public subscript(index: Int) -> Tensor { select(dim: 0, index: index) }
    /// The part of the first dimension in `range`.
    public subscript(range: Range<Int>) -> Tensor { slice(dim: 0, start: range.lowerBound, end: range.upperBound) }
    /// The elements where `mask` is true, or the rows at the indices `mask`.
    public subscript(mask: Tensor) -> Tensor { index([mask]) }
}

// One dimension where PyTorch takes one or several.
extension Tensor {
    /// Sum along `dim`.
    public func sum(dim: Int, keepdim: Bool = false, dtype: DType? = nil) -> Tensor {
        sum(dim: [dim], keepdim: keepdim, dtype: dtype)
    }
    /// Mean along `dim`.
    public func mean(dim: Int, keepdim: Bool = false, dtype: DType? = nil) -> Tensor {
        mean(dim: [dim], keepdim: keepdim, dtype: dtype)
    }
    /// The largest elements along `dim`.
    public func amax(dim: Int, keepdim: Bool = false) -> Tensor { amax(dim: [dim], keepdim: keepdim) }
    /// The smallest elements along `dim`.
    public func amin(dim: Int, keepdim: Bool = false) -> Tensor { amin(dim: [dim], keepdim: keepdim) }
    /// `log(sum(exp(x)))` along `dim`, without overflow.
    public func logsumexp(dim: Int, keepdim: Bool = false) -> Tensor { logsumexp(dim: [dim], keepdim: keepdim) }

    /// The same elements under another shape, copied only where needed; one size may be -1.
    public func reshape(_ shape: Int...) -> Tensor { reshape(shape) }
    /// The same elements under another shape, without a copy; one size may be -1.
    public func view(_ size: Int...) -> Tensor { view(size) }
    /// With the dimensions in the order `dims`.
    public func permute(_ dims: Int...) -> Tensor { permute(dims) }

    /// Integers from 0 to before `end`.
    public static func arange(_ end: Int, dtype: DType? = nil, device: Device? = nil) -> Tensor {
        arange(start: 0, end: end, dtype: dtype, device: device)
    }
}
