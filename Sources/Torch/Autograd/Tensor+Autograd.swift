internal import CTorch

extension Tensor {
    /// Whether operators on this tensor are recorded for ``backward(gradient:retainGraph:)``.
    public var requiresGrad: Bool {
        get { ct_requires_grad(handle) }
        set { check(ct_set_requires_grad(handle, newValue)) }
    }

    /// Whether this tensor was made by the user rather than by a recorded operator.
    public var isLeaf: Bool { ct_is_leaf(handle) }

    /// The gradient that ``backward(gradient:retainGraph:)`` added up for this leaf; nil where there is none.
    public var grad: Tensor? {
        get {
            var out: ct_tensor?
            check(ct_grad(handle, &out))
            let grad = Tensor(owning: out)
            return grad.isDefined ? grad : nil
        }
        set { check(ct_set_grad(handle, newValue?.handle)) }
    }

    /// Adds the gradients of this tensor with respect to the graph's leaves to their ``grad``.
    ///
    /// - Parameters:
    ///   - gradient: Gradient with respect to this tensor, of its shape; may be left out for a tensor of one element.
    ///   - retainGraph: Keeps the graph for another pass.
    public func backward(gradient: Tensor? = nil, retainGraph: Bool = false) {
        check(ct_backward(handle, gradient?.handle, retainGraph))
    }

    /// Makes this tensor share the storage, shape and type of `other` (PyTorch's `x.data = y`), outside autograd.
    public func setData(_ other: Tensor) { check(ct_tensor_set_data(handle, other.handle)) }

    /// Counts the in-place changes.
    public var version: Int { Int(ct_tensor_version(handle)) }
}

/// Drops the gradients of many tensors in one call.
func clearGradients(_ tensors: [Tensor]) {
    let handles = tensors.map { $0.handle }
    ct_clear_grads(handles, handles.count)
}
