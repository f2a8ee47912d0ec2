public import Torch

/// The accelerators that this process may use, and what ranks on them compute with.
///
/// A value of another count or kind can take the machine's place, so that what happens on several GPUs can be seen where there
/// are none: `VisibleDevices(count: 2, kind: .cpu)`.
public struct VisibleDevices: Hashable, Sendable {
    /// How many there are; 0 where only the processor is left.
    public var count: Int
    /// Where a rank computes.
    public var kind: Device.Kind

    public init(count: Int, kind: Device.Kind) {
        self.count = max(0, count)
        self.kind = kind
    }

    /// The machine's processor alone, for any number of ranks.
    public static let none = VisibleDevices(count: 0, kind: .cpu)

    /// The GPUs that libtorch sees, fewer where `CUDA_VISIBLE_DEVICES` says so.
    ///
    /// - Parameter variables: The process's environment.
    public static func machine(variables: [String: String]) -> VisibleDevices {
        let limit = limit(in: variables)
        // With none allowed, CUDA is not even asked.
        let count = limit == 0 ? 0 : min(Device.cudaDeviceCount, limit ?? .max)
        return count == 0 ? .none : VisibleDevices(count: count, kind: .cuda)
    }

    /// How many devices `CUDA_VISIBLE_DEVICES` allows: those before the first that is not one, as CUDA reads it, none where
    /// it is empty or -1; nil where it is not set.
    static func limit(in variables: [String: String]) -> Int? {
        variables["CUDA_VISIBLE_DEVICES"].map { list in
            list.split(separator: ",", omittingEmptySubsequences: false).prefix { entry in
                let name = entry.trimmingPrefix(while: \.isWhitespace)
                return name.first?.isNumber == true || name.hasPrefix("GPU-") || name.hasPrefix("MIG-")
            }.count
        }
    }

    /// What ranks talk through: NCCL between GPUs where this libtorch has it.
    public var backend: ProcessGroup.Backend { kind == .cuda && ProcessGroup.isNCCLAvailable ? .nccl : .gloo }

    /// The device of a rank.
    ///
    /// - Parameter localRank: Its number on this machine.
    /// - Throws: ``LaunchError/contradiction(_:)`` where there are fewer devices than ranks, unless the launcher shows each
    ///   rank one device.
    public func device(localRank: Int) throws -> Device {
        guard kind == .cuda, count > 0 else { return .cpu }
        if localRank < count { return .cuda(localRank) }
        guard count == 1 else {
            throw LaunchError.contradiction(
                "rank \(localRank) of this machine has no GPU, for it sees \(count); start as many ranks as there are GPUs"
            )
        }
        return .cuda(0)
    }
}
