internal import CTorch

/// Runs `body` with libtorch's automatic mixed precision: matrix products and the like compute in `dtype`, what needs
/// precision stays in float32, by PyTorch's lists of operators (`torch.autocast`).
///
/// ```swift
/// let logits = autocast(device: .cpu) { model(input) }   // matrix products in bfloat16
/// logits.to(.float32).mean().backward()                  // outside, as PyTorch advises
/// ```
/// Parameters keep their type. The mode belongs to the thread, so `body` is synchronous; calls nest, and the one before
/// comes back, also on an error.
///
/// - Parameters:
///   - device: The kind of device whose operators are changed.
///   - dtype: `bfloat16` or `float16`; nil: what libtorch has for the device, bfloat16 on the CPU and float16 on GPUs.
///   - enabled: False switches mixed precision off within.
///   - cachesWeights: Whether weights are converted once for the whole outermost call; nil: as around it.
///   - body: What runs in that mode.
public func autocast<Result>(
    device: Device.Kind, dtype: DType? = nil, enabled: Bool = true, cachesWeights: Bool? = nil,
    _ body: () throws -> Result
) rethrows -> Result {
    var wanted = ct_autocast_current(device.rawValue)
    wanted.enabled = enabled
    if let dtype { wanted.dtype = dtype.rawValue }
    if let cachesWeights { wanted.caches = cachesWeights }
    let before = ct_autocast_enter(wanted)
    defer { ct_autocast_leave(before) }
    return try body()
}

/// The type that matrix products on this kind of device compute in by ``autocast(device:dtype:enabled:cachesWeights:_:)``;
/// nil where it is off in this thread.
public func autocastDType(_ device: Device.Kind) -> DType? {
    let current = ct_autocast_current(device.rawValue)
    return current.enabled ? DType(rawValue: current.dtype) : nil
}

/// Forgets the weights that were converted: for weights changed inside ``autocast(device:dtype:enabled:cachesWeights:_:)``.
public func clearAutocastCache() { ct_autocast_clear_cache() }
