internal import CTorch

/// Memory that comes and goes while the tensors stay: of a tensor that owns its memory, with all of its views.
extension Tensor {
    /// Gives the memory back to the system. Shapes stay; operators on this tensor and its views fail until
    /// ``allocateMemory()``.
    public func releaseMemory() { check(ct_storage_release(handle)) }

    /// Takes memory again where there is none; the elements are not defined then.
    public func allocateMemory() { check(ct_storage_allocate(handle)) }

    /// Whether the elements are in memory.
    public var isInMemory: Bool { ct_storage_is_there(handle) }
}

extension TorchRuntime {
    /// From now on large blocks of the CPU's memory that are freed go back to the system at once, and those that were freed
    /// before. Otherwise glibc keeps them for later: faster, but blocks that come and go in turn may then take several
    /// times their size.
    public static func returnFreedMemory() { ct_memory_returns_freed() }
}
