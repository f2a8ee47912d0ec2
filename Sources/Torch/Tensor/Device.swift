internal import CTorch

/// Where a tensor's elements live.
public struct Device: Sendable, Hashable {
    /// The kinds of device that this package computes on.
    public enum Kind: Int8, Sendable, Hashable {
        case cpu = 0
        case cuda = 1
    }

    public let kind: Kind
    /// Number of the device among those of its kind; nil is the current one.
    public let index: Int?

    public init(_ kind: Kind, index: Int? = nil) {
        self.kind = kind
        self.index = index
    }

    /// The processor.
    public static let cpu = Device(.cpu)
    /// An NVIDIA GPU; number 0 unless given.
    public static func cuda(_ index: Int = 0) -> Device { Device(.cuda, index: index) }

    /// How many GPUs this process may use (those in `CUDA_VISIBLE_DEVICES`, where it is set).
    public static var cudaDeviceCount: Int { Int(ct_cuda_device_count()) }

    /// The first GPU where there is one, else the processor.
    public static var automatic: Device { cudaDeviceCount > 0 ? .cuda(0) : .cpu }

    /// Waits until the device has finished all work given to it.
    public func synchronize() { check(ct_synchronize(Device.c(self))) }

    static func c(_ device: Device?) -> ct_device {
        guard let device else { return ct_device(type: -1, index: -1) }
        return ct_device(type: device.kind.rawValue, index: Int8(device.index ?? -1))
    }
}

extension Device: CustomStringConvertible {
    /// PyTorch's form: `cpu`, `cuda:0`.
    public var description: String {
        let name = kind == .cpu ? "cpu" : "cuda"
        return index.map { "\(name):\($0)" } ?? name
    }
}
