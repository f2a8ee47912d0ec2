import Foundation
import Synchronization
public import Torch

/// The place of this process among the ranks of a run, and what it computes on.
public struct LaunchContext: Hashable, Sendable {
    /// What the launcher said; nil where this process runs alone.
    public let environment: LaunchEnvironment?
    /// The accelerators that this process sees.
    public let devices: VisibleDevices
    /// The device of this rank.
    public let device: Device
    /// What the ranks talk through.
    public let backend: ProcessGroup.Backend

    public var rank: Int { environment?.rank ?? 0 }
    public var localRank: Int { environment?.localRank ?? 0 }
    public var worldSize: Int { environment?.worldSize ?? 1 }
    public var localWorldSize: Int { environment?.localWorldSize ?? 1 }
    /// Whether there are several ranks.
    public var isDistributed: Bool { worldSize > 1 }

    private static let started = Mutex<LaunchContext?>(nil)

    /// The place that ``startRanksIfNeeded(_:useCPU:backend:variables:devices:)`` found; nil before.
    public static var current: LaunchContext? { started.withLock { $0 } }

    /// Makes sure that every device has a rank: call it once, as early as possible.
    ///
    /// Where a launcher (torchrun, `trainer launch`, Slurm, MPI, Kubeflow) has started several processes, it returns this
    /// one's place. Where none has and several GPUs are visible, or several ranks are asked for, it starts the running
    /// program again once for each, with the same words, folder and environment, and **does not return**: this process
    /// then only passes on output and signals, and exits with the first failing rank's code (128 and the signal's number
    /// for a rank that a signal ended), or 0. The ranks come here too and get their places. What the program does before
    /// this call, every rank does again.
    ///
    /// Standard output and standard error of rank 0 pass as they are; each line of another rank begins with `[rank 1]`.
    /// SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 go to all ranks; after a second SIGINT or SIGTERM, or 30 s
    /// after the first, those that are left are killed. When a rank fails, the others get SIGTERM, and SIGKILL 5 s
    /// later. Ranks do not outlive this process, even if it is killed.
    ///
    /// Rank 0 says `Using distributed mode with NCCL backend` (or `GLOO`) on standard error. Later calls return what the
    /// first one found.
    ///
    /// - Parameters:
    ///   - request: How many ranks; nil leaves it to the variable `SWIFT_TRAINER_RANKS`, and to the machine where that is
    ///     not set. `.count(1)` starts none.
    ///   - useCPU: Whether ranks compute on the processor even where there are GPUs.
    ///   - backend: What ranks talk through; nil: NCCL on GPUs, Gloo on processors.
    ///   - variables: The environment; nil: this process's.
    ///   - devices: What the machine has; something else in tests.
    /// - Throws: ``LaunchError`` where a launcher's variables are wrong, or ranks cannot be started.
    public static func startRanksIfNeeded(
        _ request: RankRequest? = nil, useCPU: Bool = false, backend: ProcessGroup.Backend? = nil,
        variables: [String: String]? = nil, devices: VisibleDevices? = nil
    ) throws -> LaunchContext {
        // Held throughout: whoever comes second waits for the first one's answer.
        try started.withLock { known in
            if let known { return known }
            let variables = variables ?? ProcessInfo.processInfo.environment
            func visible() -> VisibleDevices { devices ?? (useCPU ? .none : .machine(variables: variables)) }
            let plan = try WorldPlan.decide(request, variables: variables, devices: visible())
            if case .start(let count) = plan { exit(try LocalRanks.run(count, variables: variables)) }
            if plan == .alone, let hint = LaunchEnvironment.hint(about: variables) { Warnings.warn(hint) }
            let context = try LaunchContext(plan, devices: visible(), backend: backend)
            context.announce()
            known = context
            return context
        }
    }

    private init(_ plan: WorldPlan, devices: VisibleDevices, backend: ProcessGroup.Backend?) throws {
        if case .join(let found) = plan { environment = found } else { environment = nil }
        self.devices = devices
        device = try devices.device(localRank: environment?.localRank ?? 0)
        self.backend = backend ?? devices.backend
    }

    private func announce() {
        guard isDistributed, rank == 0 else { return }
        let line = "Using distributed mode with \(backend.displayName) backend\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
