internal import CTorch

/// Seeds PyTorch's generators of the CPU and of every GPU: the numbers are those of Python's `torch.manual_seed`.
public func manualSeed(_ seed: Int) { check(ct_manual_seed(UInt64(bitPattern: Int64(seed)))) }

/// The default random generator of a device.
public struct Generator: Sendable {
    public let device: Device

    /// The default generator of `device`.
    public init(device: Device = .cpu) { self.device = device }

    /// The seed it was last given.
    public var initialSeed: UInt64 {
        var seed: UInt64 = 0
        check(ct_initial_seed(Device.c(device), &seed))
        return seed
    }

    /// Its state, `uint8 [n]`, as `torch.get_rng_state` gives it.
    public func state() -> Tensor {
        var out: ct_tensor?
        check(ct_rng_state(Device.c(device), &out))
        return Tensor(owning: out)
    }

    /// Goes back to a state that ``state()`` gave, here or in Python.
    public func setState(_ state: Tensor) { check(ct_set_rng_state(Device.c(device), state.handle)) }
}

/// `torch.randperm(count)` of a private CPU generator with this seed; the default generators are left alone.
public func seededPermutation(_ count: Int, seed: UInt64) -> [Int] {
    [Int](unsafeUninitializedCapacity: count) { buffer, initialized in
        buffer.initialize(repeating: 0)
        buffer.withMemoryRebound(to: Int64.self) { check(ct_seeded_randperm(seed, count, $0.baseAddress)) }
        initialized = count
    }
}
