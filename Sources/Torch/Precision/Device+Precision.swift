internal import CTorch

extension Device {
    /// Generation of an NVIDIA GPU, (8, 0) for A100; nil on the CPU, and where there is no such GPU.
    public var computeCapability: (major: Int, minor: Int)? {
        guard kind == .cuda, Self.cudaDeviceCount > (index ?? 0) else { return nil }
        var (major, minor) = (Int32(0), Int32(0))
        guard ct_cuda_capability(Int32(index ?? 0), &major, &minor) else { return nil }
        return (Int(major), Int(minor))
    }

    /// Whether tensors of bfloat16 can be computed with. A GPU before compute capability 8.0 emulates it.
    public var supportsBFloat16: Bool {
        guard kind == .cuda else { return true }
        guard Self.cudaDeviceCount > (index ?? 0) else { return false }
        return (try? withTorchErrors { Tensor.zeros([1], dtype: .bfloat16, device: self).add(1).isDefined }) ?? false
    }

    /// Whether the device multiplies float32 matrices in TF32 where it is allowed to: NVIDIA GPUs from compute capability
    /// 8.0 on.
    public var supportsTF32: Bool { (computeCapability?.major ?? 0) >= 8 }

    /// Gives memory that is held for later tensors back to the device (PyTorch's `torch.cuda.empty_cache`). Nothing
    /// happens on the CPU.
    public func emptyCache() { check(ct_empty_cache(Device.c(self))) }
}
