import Foundation

/// One rank to start.
struct RankCall: Sendable {
    /// Its number among all ranks.
    var rank: Int
    var call: ProgramCall
    /// Descriptors that it inherits, under the same numbers.
    var inherited: [Int32] = []
}

/// How the ranks of one machine ended.
struct SupervisionResult: Sendable {
    enum Cause: Hashable, Sendable {
        /// All ended well.
        case done
        /// This rank was the first to fail.
        case failed(rank: Int, ProcessEnd)
        /// A signal to this process ended them.
        case interrupted(signal: Int32)
        /// ``SupervisionOrders/stop()``
        case stopped
    }
    var cause: Cause
    /// What this process should answer in turn.
    var code: Int32
    /// The last lines that the failed rank wrote to standard error.
    var lastLines: [String] = []
}

/// Starts the ranks of one machine, passes on their output and the signals that come, and ends all of them when one fails.
final class RankSupervisor {
    /// How long ranks get to end by themselves.
    struct Grace: Sendable {
        /// After another rank has failed.
        var afterFailure = Duration.seconds(5)
        /// After a person or the system has asked for the end: saving takes time.
        var afterInterrupt = Duration.seconds(30)
    }

    private let output: RankOutput
    private let grace: Grace
    private let signals: SignalWatch?
    private let orders: SupervisionOrders?
    private let guardian: GroupGuard
    private var running: [(rank: Int, process: SpawnedProcess)] = []
    private var ends: [(rank: Int, end: ProcessEnd)] = []
    private var cause: SupervisionResult.Cause?
    private var deadline: ContinuousClock.Instant?

    /// Starts the ranks.
    ///
    /// - Parameters:
    ///   - mainRank: The rank whose output passes as it is.
    ///   - signals: What comes to this process; nil where signals are none of the ranks' business.
    /// - Throws: ``LaunchError/unstartable(program:reason:)``; no rank is left then.
    init(
        _ ranks: [RankCall], mainRank: Int = 0, output: RankOutput = RankOutput(), grace: Grace = Grace(),
        signals: SignalWatch?, orders: SupervisionOrders? = nil
    ) throws {
        self.output = output
        self.grace = grace
        self.signals = signals
        self.orders = orders
        guardian = try GroupGuard()
        do {
            for rank in ranks { try start(rank, isMain: rank.rank == mainRank) }
        } catch {
            guardian.finish()
            for rank in running { rank.process.wait() }
            throw error
        }
    }

    private func start(_ rank: RankCall, isMain: Bool) throws {
        let null = try Descriptors.null()
        let outputs = try output.open(rank: rank.rank, isMain: isMain)
        defer { for descriptor in [null] + outputs.toClose { close(descriptor) } }
        // A terminal's input belongs to this process's group; a rank that read it would be suspended.
        let hasInput = isMain && isatty(STDIN_FILENO) == 0 && fcntl(STDIN_FILENO, F_GETFD) >= 0
        let process = try SpawnedProcess(
            rank.call,
            descriptors: [(0, hasInput ? STDIN_FILENO : null), (1, outputs.out), (2, outputs.err)]
                + rank.inherited.map { ($0, $0) },
            group: .of(guardian.group))
        running.append((rank.rank, process))
    }

    /// Watches the ranks until none is left, nor anything that they started.
    func run() -> SupervisionResult {
        while !running.isEmpty {
            waitForNews()
            for signal in signals?.take() ?? [] { heed(signal) }
            if orders?.isStopped == true { end(.stopped, with: SIGTERM, within: grace.afterFailure) }
            output.read()
            reap()
            if let deadline, deadline <= .now {
                guardian.send(SIGKILL)
                self.deadline = nil
            }
        }
        guardian.finish()
        output.readToEnd()
        return result()
    }

    private func waitForNews() {
        // Ends of ranks whose pipes others hold open are seen by looking now and then.
        var longest = Duration.milliseconds(100)
        for instant in [deadline, output.nextDeadline].compactMap({ $0 }) { longest = min(longest, instant - .now) }
        var waiting =
            (output.descriptors
            + [signals?.descriptor, orders.flatMap { $0.isStopped ? nil : $0.descriptor }]
            .compactMap { $0 }).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = poll(&waiting, nfds_t(waiting.count), Int32(max(0, (longest / .milliseconds(1)).rounded(.up))))
    }

    private func heed(_ signal: Int32) {
        switch signal {
        case SIGCHLD: break
        case SIGTSTP:
            guardian.send(SIGTSTP)
            raise(SIGSTOP)
        case _ where SignalWatch.ending.contains(signal):
            // A second one is meant; a closed terminal may send several.
            if cause != nil, signal != SIGHUP { guardian.send(SIGKILL) }
            end(.interrupted(signal: signal), with: signal, within: grace.afterInterrupt)
        default: guardian.send(signal)
        }
    }

    /// Asks all ranks to end, unless they were asked before.
    private func end(_ cause: SupervisionResult.Cause, with signal: Int32, within grace: Duration) {
        guard self.cause == nil else { return }
        self.cause = cause
        deadline = .now + grace
        guardian.send(signal)
        // A suspended rank would not notice.
        guardian.send(SIGCONT)
    }

    private func reap() {
        var ended: [(rank: Int, end: ProcessEnd)] = []
        running.removeAll { rank in
            guard let end = rank.process.endIfEnded() else { return false }
            ended.append((rank.rank, end))
            return true
        }
        ends += ended
        // Of several, one that was killed is the reason why others lost their connection.
        let failed = ended.filter { !$0.end.isSuccess }
        let first = failed.first { if case .killed = $0.end { true } else { false } } ?? failed.first
        if let first { end(.failed(rank: first.rank, first.end), with: SIGTERM, within: grace.afterFailure) }
    }

    private func result() -> SupervisionResult {
        switch cause ?? .done {
        case .done: SupervisionResult(cause: .done, code: 0)
        case .failed(let rank, let end):
            SupervisionResult(
                cause: .failed(rank: rank, end), code: end.code, lastLines: output.lastErrorLines(ofRank: rank))
        case .interrupted(let signal):
            SupervisionResult(cause: .interrupted(signal: signal), code: codeAfterInterrupt(signal))
        case .stopped: SupervisionResult(cause: .stopped, code: 128 + SIGTERM)
        }
    }

    /// The first rank's that did not end well: others may have ended for want of it.
    private func codeAfterInterrupt(_ signal: Int32) -> Int32 {
        let failed = ends.filter { !$0.end.isSuccess }.min { $0.rank < $1.rank }
        guard let failed else { return 0 }
        // Killed here, for it took too long.
        return failed.end == .killed(signal: SIGKILL) ? 128 + signal : failed.end.code
    }
}
