import Foundation

/// One agent's view of the run: it changes the common state, says that it is alive, and notices who is not.
struct Rendezvous {
    let id: String
    private let store: any RendezvousStore
    private let prefix: String
    private let rules: RendezvousState.Rules
    private let keepAlive: KeepAlive

    /// How agents show that they live.
    struct KeepAlive: Sendable {
        var interval = Duration.seconds(1)
        /// After so many intervals without a sign, an agent is lost.
        var maxAttempts = 10
    }

    private var beat = 0
    private var lastBeat: ContinuousClock.Instant?
    private var seen: [String: (value: [UInt8]?, at: ContinuousClock.Instant)] = [:]

    init(
        id: String, runID: String, store: any RendezvousStore, rules: RendezvousState.Rules,
        keepAlive: KeepAlive = .init()
    ) {
        self.id = id
        self.store = store
        self.rules = rules
        self.keepAlive = keepAlive
        prefix = "trainer/launch/\(runID)/"
    }

    /// The state, which the first agent makes.
    ///
    /// - Throws: ``LaunchError/rendezvous(_:)`` where other agents were told something else.
    func state() throws -> RendezvousState {
        let fresh = RendezvousState(rules: rules)
        guard let bytes = try store.value(prefix + "state") else {
            guard try store.replace(prefix + "state", nil, with: fresh.encoded) else { return try state() }
            return fresh
        }
        let state = try RendezvousState(decoding: bytes)
        guard state.rules == rules else {
            func text(_ rules: RendezvousState.Rules) -> String {
                "--nnodes \(rules.fewest):\(rules.most) --max-restarts \(rules.maxRestarts)"
            }
            throw LaunchError.rendezvous(
                "this machine was told \(text(rules)), but the first one \(text(state.rules)); say the same everywhere")
        }
        return state
    }

    /// Changes the state; `change` may run several times.
    ///
    /// - Returns: The state afterwards.
    @discardableResult
    func update(_ change: (inout RendezvousState) -> Void) throws -> RendezvousState {
        while true {
            let old = try state()
            var new = old
            change(&new)
            if new == old { return old }
            if try store.replace(prefix + "state", old.encoded, with: new.encoded) { return new }
        }
    }

    /// Shows that this agent lives, if it is time.
    mutating func showLife() throws {
        guard lastBeat.map({ .now - $0 >= keepAlive.interval }) ?? true else { return }
        (beat, lastBeat) = (beat + 1, .now)
        try store.set(prefix + "alive/\(id)", Array("\(beat)".utf8))
    }

    /// Looks after the others: the first machine after all, the rest after the first.
    mutating func watchOthers(_ state: RendezvousState) throws {
        let order = (state.members + state.waiting).map { $0.id } + state.expected
        guard let first = order.first, state.phase != .closed else { return }
        let watched = first == id ? Set(order).subtracting([id]) : [first]
        for other in watched where try isLost(other) {
            let host = (state.members + state.waiting).first { $0.id == other }?.host ?? other
            try update { $0.lose(other, "the machine \(host) is lost") }
        }
    }

    private mutating func isLost(_ other: String) throws -> Bool {
        let value = try store.value(prefix + "alive/\(other)")
        guard let before = seen[other], before.value == value else {
            seen[other] = (value, .now)
            return false
        }
        return .now - before.at > keepAlive.interval * keepAlive.maxAttempts
    }

    /// The address and port of the store for an attempt's ranks, once the first machine has made it known.
    func master(round: Int) throws -> (address: String, port: Int)? {
        guard let bytes = try store.value(prefix + "master/\(round)") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let space = text.lastIndex(of: " "), let port = Int(text[text.index(after: space)...]) else {
            throw LaunchError.rendezvous("the rendezvous holds something that trainer launch did not write")
        }
        return (String(text[..<space]), port)
    }

    func setMaster(round: Int, address: String, port: Int) throws {
        try store.set(prefix + "master/\(round)", Array("\(address) \(port)".utf8))
    }

    /// This agent needs the store no more.
    func sayGoodbye() throws { try store.set(prefix + "gone/\(id)", [1]) }

    func hasLeft(_ other: String) throws -> Bool { try store.value(prefix + "gone/\(other)") != nil }
}
