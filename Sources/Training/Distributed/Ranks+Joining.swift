import Synchronization
import Torch

extension Ranks {
    private static let joined = Mutex<Ranks?>(nil)

    /// The ranks of this process: those that a launcher has started, or one for each GPU, or as many as `nproc` says.
    ///
    /// Every ``Trainer`` calls it; a program calls it before where it has work to share out. Where ranks have to be
    /// started, this process starts the program again for each and **does not return**; see
    /// ``LaunchContext/startRanksIfNeeded(_:useCPU:backend:variables:devices:)``. Later calls give the same ranks.
    ///
    /// - Throws: ``LaunchError`` where a launcher's variables are wrong or ranks cannot be started, `DistributedError`
    ///   where they do not come together within `ddpTimeout`.
    public static func join(_ arguments: TrainingArguments) throws -> Ranks {
        try joined.withLock { known in
            if let known { return known }
            let context = try LaunchContext.startRanksIfNeeded(
                arguments.nproc.map { .count($0) }, useCPU: arguments.useCpu,
                backend: arguments.ddpBackend)
            let ranks = try Ranks(context, timeout: .seconds(arguments.ddpTimeout))
            known = ranks
            return ranks
        }
    }

    private convenience init(_ context: LaunchContext, timeout: Duration) throws {
        guard context.isDistributed, let environment = context.environment else {
            self.init(rank: 0, localRank: 0, worldSize: 1, localWorldSize: 1, device: context.device)
            return
        }
        let isServer = environment.rank == 0 && !environment.isStoreServedByAgent
        let store = try TCPStore(
            host: environment.masterAddress, port: UInt16(clamping: environment.masterPort),
            worldSize: environment.worldSize,
            isServer: isServer, timeout: timeout, listenSocket: isServer ? environment.listenSocket : nil)
        // A launcher's own store lives on when ranks are started again.
        let keys = try PrefixStore("swift_trainer/\(environment.restartCount)", store)
        let binding = LocalAddress.binding(toward: environment)
        func group(_ name: String, _ backend: ProcessGroup.Backend) throws -> ProcessGroup {
            try ProcessGroup(
                store: keys, rank: environment.rank, worldSize: environment.worldSize, backend: backend,
                device: context.device, name: name, timeout: timeout, binding: binding)
        }
        let host = try group("host", .gloo)
        self.init(
            rank: environment.rank, localRank: environment.localRank, worldSize: environment.worldSize,
            localWorldSize: environment.localWorldSize, device: context.device,
            restartCount: environment.restartCount,
            group: context.backend == .nccl ? try group("gradients", .nccl) : host, hostGroup: host)
    }
}

extension TrainingArguments {
    /// Runs `body` on the first rank, and on the others when it has ended there; see ``Ranks/mainProcessFirst(local:_:)``.
    ///
    /// - Throws: What `body` throws; `DistributedError` where the ranks do not come together.
    public func mainProcessFirst<Result>(local: Bool = true, _ body: () throws -> Result) throws -> Result {
        try Ranks.join(self).mainProcessFirst(local: local, body)
    }
}
