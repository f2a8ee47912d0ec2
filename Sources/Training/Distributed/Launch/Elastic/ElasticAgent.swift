import Foundation

/// The agent of one machine: it gathers with the others, starts its ranks, watches, and begins anew.
final class ElasticAgent {
    private let launch: ElasticLaunch
    private let meeting: Meeting
    private let variables: [String: String]
    private let signals: SignalWatch
    private let me: RendezvousState.Member
    private var rendezvous: Rendezvous
    private var attempt: Attempt?
    /// Lives as long as the ranks that connect to it.
    private var rankStore: RankStoreServer?
    private var hasReported = false

    private static let gatheringInterval = Duration.milliseconds(100)
    private static let masterTimeout = Duration.seconds(60)
    private static let longestFarewell = Duration.seconds(10)

    init(_ launch: ElasticLaunch, _ meeting: Meeting, variables: [String: String], signals: SignalWatch) {
        self.launch = launch
        self.meeting = meeting
        self.variables = variables
        self.signals = signals
        let host = ProcessInfo.processInfo.hostName
        me = .init(
            id: "\(host)-\(getpid())-\(UUID().uuidString.prefix(8))", host: host, ranks: launch.ranksPerNode,
            nodeRank: launch.nodeRank)
        rendezvous = Rendezvous(
            id: me.id, runID: launch.runID, store: meeting.store, rules: launch.rules,
            keepAlive: .init(interval: launch.keepAliveInterval, maxAttempts: launch.keepAliveMaxAttempts))
    }

    /// - Returns: The exit code.
    func run() throws -> Int32 {
        defer { attempt?.stopAndWait() }
        do {
            while true {
                let state = try gather()
                if state.phase == .closed { return try farewell(state) }
                if let code = try runRanks(state) { return code }
            }
        } catch let interruption as LaunchInterruption {
            return try leave(interruption.signal, code: 128 + interruption.signal)
        } catch let error as LaunchError {
            // Others need not wait for ranks that cannot be started here.
            if case .unstartable = error {
                let state = try rendezvous.update { $0.close("\(error) (on \(me.host))", code: 1) }
                hasReported = true
                _ = try farewell(state)
            }
            throw error
        }
    }

    // MARK: Gathering

    /// Joins, and waits until an attempt begins with this machine in it, or the run is over.
    private func gather() throws -> RendezvousState {
        let deadline = ContinuousClock.now + launch.timeout
        var lastCount = 0
        var lastChange = ContinuousClock.now
        while true {
            var state = try rendezvous.update { $0.join(me) }
            try rendezvous.showLife()
            if state.phase == .joining, state.members.first?.id == me.id {
                if state.members.count != lastCount { (lastCount, lastChange) = (state.members.count, .now) }
                let isLastCallOver = state.members.count >= state.rules.fewest && .now - lastChange >= launch.lastCall
                if state.isComplete || isLastCallOver {
                    let (count, round) = (state.members.count, state.round)
                    state = try rendezvous.update { if $0.members.count == count, $0.round == round { $0.begin() } }
                }
            }
            if state.phase == .closed || (state.phase == .running && state.contains(me.id)) { return state }
            try rendezvous.watchOthers(state)
            guard .now < deadline else { throw tooFew(state) }
            try pause()
        }
    }

    private func tooFew(_ state: RendezvousState) -> LaunchError {
        let seconds = launch.timeout.wholeSeconds
        _ = try? rendezvous.update { $0.lose(self.me.id, "") }
        return switch state.phase {
        case .running:
            .rendezvous("the run at \(meeting.place) goes on without this machine, which waited for \(seconds) s")
        default:
            .rendezvous(
                "only \(state.members.count) of \(state.rules.fewest) machines came to \(meeting.place) within \(seconds) s; "
                    + "start trainer launch on the others, with the same --rdzv-id")
        }
    }

    // MARK: Ranks

    /// Starts this machine's ranks and stays until they have ended.
    ///
    /// - Returns: The exit code where the run is over for this machine.
    private func runRanks(_ state: RendezvousState) throws -> Int32? {
        guard let group = state.members.firstIndex(where: { $0.id == me.id }),
            let master = try master(state, group)
        else { return nil }
        let ranks = AttemptVariables(
            state: state, group: group, master: master, runID: launch.runID, interface: launch.interface
        ).calls(launch.program, variables: variables)
        let attempt = try Attempt(ranks, signals: signals)
        self.attempt = attempt
        let result = try watch(attempt, state.round, isFirst: group == 0)
        self.attempt = nil
        switch result.cause {
        case .done: return try awaitOthers(state.round)
        case .failed(let rank, let end):
            if let text = FailureReport.text(result, worldSize: state.members.reduce(0) { $0 + $1.ranks }) {
                say(text)
                hasReported = true
            }
            let reason = "rank \(rank) on \(me.host) \(end)"
            try endRound(state.round) { $0.endRound(reason, code: result.code) }
        case .interrupted(let signal): return try leave(signal, code: result.code == 0 ? 128 + signal : result.code)
        case .stopped: break
        }
        try sayWhatFollows()
        return nil
    }

    /// Where the attempt's ranks meet: a store that the first machine's agent serves anew for each attempt.
    ///
    /// - Returns: nil where the attempt is over before.
    private func master(_ state: RendezvousState, _ group: Int) throws -> (address: String, port: Int)? {
        if group == 0 {
            rankStore = nil
            let isLoopback = meeting.address == "127.0.0.1" || meeting.address == "::1"
            let server = try RankStoreServer(
                ListeningSocket(address: isLoopback ? meeting.address : launch.localAddress, port: 0))
            rankStore = server
            try rendezvous.setMaster(round: state.round, address: meeting.address, port: server.port)
            return (meeting.address, server.port)
        }
        let deadline = ContinuousClock.now + Self.masterTimeout
        while true {
            if let master = try rendezvous.master(round: state.round) { return master }
            try rendezvous.showLife()
            let now = try rendezvous.state()
            guard now.phase == .running, now.round == state.round else { return nil }
            try rendezvous.watchOthers(now)
            guard .now < deadline else {
                throw LaunchError.rendezvous(
                    "the first machine, \(now.members[0].host), does not open the ranks' store")
            }
            try pause()
        }
    }

    /// Watches this machine's ranks and the other machines.
    private func watch(_ attempt: Attempt, _ round: Int, isFirst: Bool) throws -> SupervisionResult {
        let interval = min(launch.monitorInterval, launch.keepAliveInterval)
        while true {
            if let result = try attempt.result(within: interval) { return result }
            try rendezvous.showLife()
            var state = try rendezvous.state()
            try rendezvous.watchOthers(state)
            if isFirst, state.isJoinDue {
                state = try rendezvous.update { state in
                    guard state.isJoinDue, state.round == round else { return }
                    state.endRound("the machine \(state.waiting[0].host) came", code: 1)
                }
            }
            if state.phase != .running || state.round != round { attempt.stop() }
        }
    }

    /// This machine's ranks have ended well; another's may still fail.
    ///
    /// - Returns: nil where all begin anew.
    private func awaitOthers(_ round: Int) throws -> Int32? {
        var state = try endRound(round) { $0.finish(me.id) }
        while state.phase == .running, state.round == round {
            try pause()
            try rendezvous.showLife()
            try rendezvous.watchOthers(state)
            state = try rendezvous.state()
        }
        guard state.phase == .closed else {
            try sayWhatFollows()
            return nil
        }
        return try farewell(state)
    }

    @discardableResult
    private func endRound(_ round: Int, _ change: (inout RendezvousState) -> Void) throws -> RendezvousState {
        try rendezvous.update { if $0.round == round { change(&$0) } }
    }

    // MARK: The end

    /// Takes this machine out of the run. Without the one that serves the rendezvous, or by a person's Ctrl-C, it is over.
    private func leave(_ signal: Int32, code: Int32) throws -> Int32 {
        let name = ProcessEnd.name(ofSignal: signal)
        hasReported = true
        let state = try rendezvous.update { state in
            if meeting.isHost || signal == SIGINT {
                state.close("the run was ended by \(name) on \(me.host)", code: code)
            } else {
                state.lose(me.id, "the machine \(me.host) left (\(name))", code: code)
            }
        }
        if state.phase == .closed { _ = try farewell(state) } else { try rendezvous.sayGoodbye() }
        return code
    }

    /// The run is over: says why, and lets the others see it before the store goes.
    private func farewell(_ state: RendezvousState) throws -> Int32 {
        if state.code != 0, !hasReported { say("error: \(state.reason)\n") }
        guard meeting.isHost else {
            // The one that serves the store may be gone already.
            try? rendezvous.sayGoodbye()
            return state.code
        }
        let deadline = ContinuousClock.now + Self.longestFarewell
        var others = Set((state.members + state.waiting).map { $0.id } + state.expected).subtracting([me.id])
        while !others.isEmpty, .now < deadline {
            others = try others.filter { try !rendezvous.hasLeft($0) }
            if !others.isEmpty, signals.awaitEnding(within: Self.gatheringInterval) != nil { break }
        }
        return state.code
    }

    private func sayWhatFollows() throws {
        let state = try rendezvous.state()
        guard state.phase != .closed else { return }
        say("note: \(state.reason); starting again (restart \(state.restarts) of \(state.rules.maxRestarts))\n")
        hasReported = false
    }

    /// - Throws: ``LaunchInterruption``
    private func pause() throws {
        if let signal = signals.awaitEnding(within: Self.gatheringInterval) { throw LaunchInterruption(signal: signal) }
    }

    private func say(_ text: String) { Descriptors.write(Array(text.utf8)[...], to: STDERR_FILENO) }
}
