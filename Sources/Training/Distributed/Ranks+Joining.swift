import Foundation
import Synchronization
import Torch

extension Ranks {
    private static let joined = Mutex<(ranks: Ranks, meeting: RankMeeting?)?>(nil)

    /// The ranks of this process: those that a launcher has started, or one for each GPU, or as many as `nproc` says.
    ///
    /// Every ``Trainer`` calls it; a program calls it before where it has work to share out. Where ranks have to be
    /// started, this process starts the program again for each and **does not return**; see
    /// ``LaunchContext/startRanksIfNeeded(_:useCPU:backend:variables:devices:)``. Later calls give the same ranks; after
    /// a failure at which they left each other (``leave()``), all meet again.
    ///
    /// - Throws: ``LaunchError`` where a launcher's variables are wrong or ranks cannot be started, `DistributedError`
    ///   where they do not come together within `ddpTimeout`.
    public static func join(_ arguments: TrainingArguments) throws -> Ranks {
        try joined.withLock { known in
            if let (ranks, meeting) = known {
                guard ranks.haveParted, let meeting else { return ranks }
                let again = try meeting.ranks(timeout: .seconds(arguments.ddpTimeout))
                known = (again, meeting)
                return again
            }
            let context = try LaunchContext.startRanksIfNeeded(
                arguments.nproc.map { .count($0) }, useCPU: arguments.useCpu,
                backend: arguments.ddpBackend)
            let timeout = Duration.seconds(arguments.ddpTimeout)
            let meeting = try RankMeeting(context, timeout: timeout)
            let ranks =
                try meeting?.ranks(timeout: timeout)
                ?? Ranks(
                    rank: 0, localRank: 0, worldSize: 1, localWorldSize: 1, device: context.device,
                    restartCount: context.environment?.restartCount ?? 0, runID: context.environment?.runID)
            known = (ranks, meeting)
            if ranks.group?.backend == .nccl { atexit { Ranks.leaveAtExit() } }
            return ranks
        }
    }

    /// NCCL's threads must not run on while the process takes down what they use.
    private static func leaveAtExit() {
        _ = joined.withLockIfAvailable { $0?.ranks.leave() }
    }
}

/// Where the ranks of a run meet: a store that each of them reaches.
private final class RankMeeting {
    private let context: LaunchContext
    private let environment: LaunchEnvironment
    private let keys: Store
    /// How often they have met.
    private var count = 0
    private var hasFailed = false

    /// - Returns: nil for one process alone.
    init?(_ context: LaunchContext, timeout: Duration) throws {
        guard context.isDistributed, let environment = context.environment else { return nil }
        let isServer = environment.rank == 0 && !environment.isStoreServedByAgent
        let store = try TCPStore(
            host: environment.masterAddress, port: UInt16(clamping: environment.masterPort),
            worldSize: environment.worldSize,
            isServer: isServer, timeout: timeout, listenSocket: isServer ? environment.listenSocket : nil)
        self.context = context
        self.environment = environment
        // A launcher's own store may live on when ranks are started again.
        keys = try PrefixStore("swift_trainer/\(environment.restartCount)", store)
    }

    /// Meets the others, under new names each time.
    func ranks(timeout: Duration) throws -> Ranks {
        // Those who came would wait under another name than those who come later.
        guard !hasFailed else {
            throw TrainingError.argument("the ranks did not come together before; start the program again")
        }
        count += 1
        hasFailed = true
        let host = try group("host", .gloo, timeout)
        let ranks = Ranks(
            rank: environment.rank, localRank: environment.localRank, worldSize: environment.worldSize,
            localWorldSize: environment.localWorldSize, device: context.device,
            restartCount: environment.restartCount,
            group: context.backend == .nccl ? try group("gradients", .nccl, timeout) : host, hostGroup: host,
            runID: environment.runID)
        hasFailed = false
        return ranks
    }

    private func group(_ name: String, _ backend: ProcessGroup.Backend, _ timeout: Duration) throws -> ProcessGroup {
        try ProcessGroup(
            store: keys, rank: environment.rank, worldSize: environment.worldSize, backend: backend,
            device: context.device, name: count > 1 ? "\(name)/\(count)" : name, timeout: timeout,
            binding: LocalAddress.binding(toward: environment))
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
