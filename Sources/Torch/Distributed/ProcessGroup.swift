internal import CTorch

/// Ranks that work together: this process, or thread, is one of them.
///
/// All ranks must call the same collectives in the same order. A group belongs to one thread at a time. Collectives take
/// contiguous tensors, on the CPU with Gloo, on the rank's GPU with NCCL; bytes, barriers and CPU tensors go through Gloo
/// in both.
///
/// ```swift
/// let store = try TCPStore(host: "localhost", port: 29500, worldSize: 2, isServer: rank == 0)
/// let group = try ProcessGroup(store: store, rank: rank, worldSize: 2)
/// try group.allReduce(sum)
/// ```
public final class ProcessGroup {
    /// What carries the collectives of a group.
    public enum Backend: String, Sendable, Hashable, CaseIterable {
        /// Over TCP, for processors (and slowly for GPUs).
        case gloo
        /// NVIDIA's, for one GPU for each rank; Gloo serves tensors on the CPU beside it.
        case nccl

        /// As log lines have it: `NCCL`.
        public var displayName: String { rawValue.uppercased() }
    }

    /// Which of this machine's addresses Gloo uses.
    public enum Binding: Sendable, Hashable, CustomStringConvertible {
        /// The interfaces in `GLOO_SOCKET_IFNAME` (with commas between them); without it the address of this machine's
        /// name, or where that has none, loopback.
        case automatic
        /// Interfaces by name, such as `eth0`.
        case interfaces([String])
        /// An address or a host name of this machine.
        case address(String)

        public var description: String {
            switch self {
            case .automatic: "the interface in GLOO_SOCKET_IFNAME, or the address of this machine's name,"
            case .interfaces(let names): "the interface \(names.joined(separator: ", "))"
            case .address(let host): "the address \(host)"
            }
        }
    }

    /// nil once this rank has left.
    private var open: ct_group?
    /// This rank's number, from 0.
    public let rank: Int
    /// How many ranks there are.
    public let worldSize: Int
    public let backend: Backend
    /// How long a collective may take before it fails.
    public let timeout: Duration
    /// The group's name in the store.
    public let name: String

    /// Meets the other ranks over a store; waits for them as long as `timeout` allows.
    ///
    /// - Parameters:
    ///   - store: The store that all ranks use.
    ///   - rank: This rank's number.
    ///   - worldSize: How many ranks there are.
    ///   - backend: Default Gloo.
    ///   - device: The rank's GPU, for NCCL only; nil is the current one.
    ///   - name: Must be new for each group over one store, and the same on all ranks.
    ///   - timeout: For meeting and for each collective. Default 30 minutes, as in PyTorch.
    ///   - binding: Which of this machine's addresses Gloo uses.
    /// - Throws: ``DistributedError``: `timeout` with the numbers of the ranks that did not come, `unsupported` where
    ///   libtorch has no NCCL, `addressUnavailable` for an interface that is not there, `invalidArgument`.
    public init(
        store: Store, rank: Int, worldSize: Int, backend: Backend = .gloo, device: Device? = nil,
        name: String = "default_pg", timeout: Duration = .seconds(1800), binding: Binding = .automatic
    ) throws {
        guard (1...Int(Int32.max)).contains(worldSize), (0..<worldSize).contains(rank) else {
            throw DistributedError(.invalidArgument, "there is no rank \(rank) among \(worldSize)")
        }
        if backend == .nccl { try Self.checkNCCL(device) }
        let context = FailureContext(operation: "joining the group \(name)", rank: rank, worldSize: worldSize)
        try Self.meet(store, name, timeout, context)

        let interfaces: [String]
        let address: String?
        switch binding {
        case .automatic: (interfaces, address) = ([], nil)
        case .interfaces(let names): (interfaces, address) = (names, nil)
        case .address(let host): (interfaces, address) = ([], host)
        }
        var group: ct_group?
        let status = withCStrings(interfaces) { names in
            ct_group_create(
                store.handle, Int32(rank), Int32(worldSize), backend == .nccl, Int32(device?.index ?? 0), name,
                timeout.milliseconds, names, interfaces.count, address, &group)
        }
        if let (kind, text) = DistributedError.last(status) {
            throw context.failure(
                kind, kind == .addressUnavailable ? "\(binding) is not this machine's: \(text)" : text + kind.advice)
        }
        guard let group else { throw context.failure(.other, "libtorch made no group") }
        open = group
        self.rank = rank
        self.worldSize = worldSize
        self.backend = backend
        self.timeout = timeout
        self.name = name
    }

    deinit { leave() }

    /// Leaves the group: whoever waits for this rank, or will, fails with `peerLost` rather than after the ``timeout``
    /// (with NCCL: in collectives on the CPU). Work that was started should have ended, and what was made over the group, such as a
    /// ``DistributedDataParallel``, be gone.
    ///
    /// The group can't be used here any more; its calls then throw `invalidArgument`.
    public func leave() {
        guard let group = open else { return }
        open = nil
        ct_group_free(group)
    }

    var handle: ct_group {
        get throws {
            guard let open else {
                throw context("the group \(name)").failure(.invalidArgument, "this rank has left it")
            }
            return open
        }
    }

    /// Whether this build of the package and its libtorch have NCCL, and there is a GPU for it.
    public static var isNCCLAvailable: Bool { ct_nccl_compiled() && TorchRuntime.isCUDAAvailable }

    // MARK: Meeting

    private static func checkNCCL(_ device: Device?) throws {
        guard ct_nccl_compiled() else {
            throw DistributedError(
                .unsupported,
                "NCCL is not compiled in: libtorch is a build for CPUs, or the headers of CUDA and NCCL were not found "
                    + "when this package was built (scripts/setup); use Gloo")
        }
        guard TorchRuntime.isCUDAAvailable else {
            throw DistributedError(.unsupported, "NCCL needs an NVIDIA GPU, and none can be used here; use Gloo")
        }
        guard device?.kind != .cpu else {
            throw DistributedError(.invalidArgument, "NCCL needs a GPU as the rank's device, not the CPU")
        }
    }

    /// Waits for all ranks in the store, where it can be told which are missing.
    private static func meet(_ store: Store, _ name: String, _ timeout: Duration, _ context: FailureContext) throws {
        let keys = (0..<context.worldSize).map { "meeting/\(name)/\($0)" }
        guard try store.add(keys[context.rank], 1) == 1 else {
            throw context.failure(
                .invalidArgument, "this rank has joined a group of that name over \(store.name) before; take a new name"
            )
        }
        do {
            try store.wait(keys, timeout: timeout)
        } catch let error as DistributedError where error.kind == .timeout {
            let missing = try keys.indices.filter { try !store.check([keys[$0]]) }
            let ranks = missing.prefix(16).map(String.init).joined(separator: ", ") + (missing.count > 16 ? ", …" : "")
            throw context.failure(
                .timeout,
                "\(missing.count == 1 ? "rank" : "ranks") \(ranks) did not come within \(timeout.inSeconds); look at what "
                    + "\(missing.count == 1 ? "it" : "they") wrote last, or allow more time")
        }
    }

    // MARK: Barriers

    /// Waits until all ranks have come here.
    ///
    /// - Throws: ``DistributedError``: `timeout`, `peerLost`.
    public func barrier() throws { try context("barrier").check(try ct_group_barrier(handle)) }

    /// As ``barrier()``, but rank 0 tells which ranks did not come, at some cost in time for large groups.
    ///
    /// - Parameter timeout: How long to wait; nil is the group's ``timeout``.
    /// - Throws: ``DistributedError``: `timeout`, on rank 0 with the numbers of the missing ranks.
    public func monitoredBarrier(timeout: Duration? = nil) throws {
        let timeout = timeout ?? self.timeout
        let context = context("monitoredBarrier")
        guard let (kind, text) = DistributedError.last(try ct_group_monitored_barrier(handle, timeout.milliseconds))
        else {
            return
        }
        if let match = text.firstMatch(of: /Ranks? ([0-9, ]+) failed to pass/) {
            let ranks = match.1.split { $0 == "," || $0 == " " }.joined(separator: ", ")
            let what = ranks.contains(",") ? "ranks \(ranks)" : "rank \(ranks)"
            throw context.failure(kind, "\(what) did not come within \(timeout.inSeconds)")
        }
        if kind == .timeout {
            throw context.failure(kind, "not all ranks came within \(timeout.inSeconds); rank 0 tells which")
        }
        throw context.failure(kind, text + kind.advice)
    }

    func context(_ operation: String) -> FailureContext {
        FailureContext(operation: operation, rank: rank, worldSize: worldSize)
    }
}
