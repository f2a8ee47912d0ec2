internal import CTorch

/// An n-dimensional array of numbers with libtorch's semantics: views share memory, and operators record themselves for
/// ``backward(gradient:retainGraph:)`` where an input requires gradients.
///
/// Operators do not throw; see ``withTorchErrors(_:)``. A tensor belongs to one thread at a time and is not `Sendable`.
public final class Tensor {
    /// Owned; freed with this object. Read it off a parameter, `self` or a named constant only: a temporary may be freed
    /// before the call that uses its handle.
    let handle: ct_tensor

    init(owning handle: ct_tensor?) {
        // The shim always gives a handle, that of an undefined tensor where the operator failed.
        self.handle = handle ?? ct_tensor_undefined()
    }

    deinit { ct_tensor_free(handle) }

    /// Whether there is a tensor at all: false for the results of operators that failed inside an error scope.
    public var isDefined: Bool { ct_tensor_defined(handle) }

    /// Sizes of the dimensions; empty for a tensor of one number, and for one that is not defined.
    public var shape: [Int] {
        guard let sizes = ct_tensor_sizes(handle) else { return [] }
        return (0..<ct_tensor_dim(handle)).map { Int(sizes[$0]) }
    }

    /// Elements from one index to the next along each dimension.
    public var strides: [Int] {
        guard let strides = ct_tensor_strides(handle) else { return [] }
        return (0..<ct_tensor_dim(handle)).map { Int(strides[$0]) }
    }

    /// Number of dimensions.
    public var dim: Int { ct_tensor_dim(handle) }

    /// Number of elements.
    public var numel: Int { ct_tensor_numel(handle) }

    /// Size of dimension `dim`; negative ones count from the last. A dimension that does not exist is a failure, as of an
    /// operator, and 0.
    public func size(_ dim: Int) -> Int {
        let count = self.dim
        let index = dim < 0 ? dim + count : dim
        guard index >= 0, index < count, let sizes = ct_tensor_sizes(handle) else {
            recordFailure("size", "dimension \(dim) of a tensor with \(count) dimensions")
            return 0
        }
        return Int(sizes[index])
    }

    /// Element type; `float32` for a tensor that is not defined.
    public var dtype: DType { DType(rawValue: ct_tensor_dtype(handle)) ?? .float32 }

    /// Where the elements are.
    public var device: Device {
        let device = ct_tensor_device(handle)
        return Device(Device.Kind(rawValue: device.type) ?? .cpu, index: device.index < 0 ? nil : Int(device.index))
    }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool { ct_tensor_is_contiguous(handle) }

    /// Whether only some rows are stored (PyTorch's COO layout), as the gradient of an embedding may be.
    public var isSparse: Bool { ct_tensor_is_sparse(handle) }

    /// The tensor itself if its elements lie in row-major order, else a copy whose elements do.
    public func contiguous() -> Tensor {
        if isContiguous { return self }
        // Gradients flow through the first form; the second fills one buffer.
        return requiresGrad
            ? reshape([-1]).clone().view(shape) : Tensor.empty(shape, dtype: dtype, device: device).copy_(self)
    }

    /// Whether both are the same tensor, not only equal.
    public func isSame(as other: Tensor) -> Bool { ct_tensor_same(handle, other.handle) }

    /// Moved to `device` (and converted to `dtype` where given); itself where nothing changes.
    public func to(device: Device, dtype: DType? = nil, nonBlocking: Bool = false) -> Tensor {
        var out: ct_tensor?
        check(ct_tensor_to(handle, Device.c(device), dtype?.rawValue ?? -1, nonBlocking, false, &out))
        return Tensor(owning: out)
    }

    static func list(_ handles: UnsafeMutablePointer<ct_tensor?>?, _ count: Int) -> [Tensor] {
        defer { ct_list_free(handles) }
        return (0..<count).map { Tensor(owning: handles?[$0]) }
    }
}

extension Tensor: CustomStringConvertible {
    /// The elements (shortened where there are many), type and shape.
    public var description: String {
        guard isDefined else { return "Tensor(undefined)" }
        var text: UnsafeMutablePointer<CChar>?
        let shown = numel <= 1000 ? self : flatten().narrow(dim: 0, start: 0, length: 20)
        check(ct_tensor_to_string(shown.handle, &text))
        defer { ct_string_free(text) }
        let elements = text.map { String(cString: $0) } ?? ""
        return numel <= 1000 ? elements : elements + "\n(the first 20 of \(dtype) \(shape))"
    }
}
