import Foundation
import OrderedJSON

/// What the machines of a run agree on: who takes part, and in which attempt they are.
///
/// Each change is a pure function of the state before, so that agents can make it with one compare-and-set and try again where
/// another was faster.
struct RendezvousState: Hashable, Sendable {
    /// A machine: one agent with its ranks.
    struct Member: Hashable, Sendable {
        var id: String
        var host: String
        var ranks: Int
        /// Its place, where a person gave one.
        var nodeRank: Int?
    }

    enum Phase: String, Sendable {
        /// Machines gather.
        case joining
        /// Ranks run.
        case running
        /// The run is over.
        case closed
    }

    /// What all agents must have been told alike.
    struct Rules: Hashable, Sendable {
        var fewest: Int
        var most: Int
        var maxRestarts: Int
    }

    let rules: Rules
    /// Tells this run from others under the same ID.
    var instance = UUID().uuidString
    /// Counts attempts, from 0.
    var round = 0
    var phase = Phase.joining
    /// How often ranks were started again.
    var restarts = 0
    /// While ranks run, in the order of their group ranks.
    var members: [Member] = []
    /// Who came while ranks ran.
    var waiting: [Member] = []
    /// Who should come before the next attempt starts.
    var expected: [String] = []
    /// Whose ranks ended well.
    var done: [String] = []
    /// Why the last attempt ended.
    var reason = ""
    /// What all agents answer once the run is over.
    var code: Int32 = 0

    init(rules: Rules) { self.rules = rules }

    func contains(_ id: String) -> Bool { members.contains { $0.id == id } }
    var isFull: Bool { members.count >= rules.most }

    /// Takes a machine in, or has it wait for the next attempt.
    mutating func join(_ member: Member) {
        switch phase {
        case .joining:
            guard !contains(member.id) else { return }
            let others = expected.filter { $0 != member.id && !contains($0) }
            guard members.count + others.count < rules.most else { return wait(member) }
            members.append(member)
            waiting.removeAll { $0.id == member.id }
        case .running: wait(member)
        case .closed: break
        }
    }

    private mutating func wait(_ member: Member) {
        if !waiting.contains(where: { $0.id == member.id }), !contains(member.id) { waiting.append(member) }
    }

    /// Whether all are there that can be waited for.
    var isComplete: Bool {
        isFull || (members.count >= rules.fewest && restarts > 0 && expected.allSatisfy { contains($0) })
    }

    /// Starts an attempt: machines with a given place come first, in their order; then as they were before, then newcomers.
    mutating func begin() {
        guard phase == .joining else { return }
        let before = Dictionary(expected.enumerated().map { ($1, $0) }) { first, _ in first }
        let order = members.enumerated().sorted { one, other in
            func key(_ place: Int, _ member: Member) -> (Int, Int, Int) {
                (member.nodeRank ?? .max, before[member.id] ?? .max, place)
            }
            return key(one.offset, one.element) < key(other.offset, other.element)
        }
        members = order.map { $0.element }
        (phase, done) = (.running, [])
    }

    /// Ends an attempt; the run goes on where restarts are left and enough machines can be waited for.
    ///
    /// - Parameters:
    ///   - lost: Machines that do not come back by themselves.
    ///   - code: What the run answers if it is over.
    mutating func endRound(_ reason: String, code: Int32, lost: Set<String> = []) {
        guard phase == .running else { return }
        guard restarts < rules.maxRestarts else {
            members.removeAll { lost.contains($0.id) }
            return close(reason, code: code)
        }
        // There is a place for each of them.
        expected = Array((members + waiting).map { $0.id }.filter { !lost.contains($0) }.prefix(rules.most))
        (members, waiting, done) = ([], [], [])
        (phase, round, restarts, self.reason, self.code) = (.joining, round + 1, restarts + 1, reason, code)
    }

    /// A machine is gone.
    mutating func lose(_ id: String, _ reason: String, code: Int32 = 1) {
        expected.removeAll { $0 == id }
        waiting.removeAll { $0.id == id }
        guard contains(id) else { return }
        switch phase {
        case .joining: members.removeAll { $0.id == id }
        case .running: endRound(reason, code: code, lost: [id])
        case .closed: break
        }
    }

    /// A machine's ranks have all ended well; with the last one the run is over.
    mutating func finish(_ id: String) {
        guard phase == .running, contains(id), !done.contains(id) else { return }
        done.append(id)
        if done.count == members.count { close("", code: 0) }
    }

    mutating func close(_ reason: String, code: Int32) {
        guard phase != .closed else { return }
        (phase, self.reason, self.code) = (.closed, reason, code)
    }

    /// Whether a machine that waits makes a new attempt worth while, which costs a restart.
    var isJoinDue: Bool {
        phase == .running && !waiting.isEmpty && !isFull && restarts < rules.maxRestarts && done.isEmpty
    }
}

extension RendezvousState {
    var encoded: [UInt8] {
        func list(_ members: [Member]) -> JSONValue {
            .array(
                members.map {
                    [
                        "id": .string($0.id), "host": .string($0.host), "ranks": .int($0.ranks),
                        "node_rank": $0.nodeRank.map { .int($0) } ?? .null,
                    ]
                })
        }
        func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        let value: JSONValue = [
            "fewest": .int(rules.fewest), "most": .int(rules.most), "max_restarts": .int(rules.maxRestarts),
            "round": .int(round), "phase": .string(phase.rawValue), "restarts": .int(restarts),
            "members": list(members), "waiting": list(waiting), "expected": list(expected), "done": list(done),
            "reason": .string(reason), "code": .int(Int(code)), "instance": .string(instance),
        ]
        return Array(value.serialized().utf8)
    }

    /// - Throws: ``LaunchError/rendezvous(_:)`` for bytes that no agent of this kind wrote.
    init(decoding bytes: [UInt8]) throws {
        let unknown = LaunchError.rendezvous("the rendezvous holds something that trainer launch did not write")
        guard let value = try? JSONValue(parsing: .init(bytes), source: "rendezvous"),
            let fewest = value["fewest"]?.intValue, let most = value["most"]?.intValue,
            let maxRestarts = value["max_restarts"]?.intValue, let round = value["round"]?.intValue,
            let phase = value["phase"]?.stringValue.flatMap({ Phase(rawValue: $0) }),
            let restarts = value["restarts"]?.intValue, let members = value["members"]?.arrayValue,
            let waiting = value["waiting"]?.arrayValue, let expected = value["expected"]?.arrayValue,
            let done = value["done"]?.arrayValue, let reason = value["reason"]?.stringValue,
            let instance = value["instance"]?.stringValue,
            let code = value["code"]?.intValue.flatMap({ Int32(exactly: $0) })
        else { throw unknown }
        func member(_ value: JSONValue) throws -> Member {
            guard let id = value["id"]?.stringValue, let host = value["host"]?.stringValue,
                let ranks = value["ranks"]?.intValue, (1...RankRequest.most).contains(ranks)
            else { throw unknown }
            return Member(id: id, host: host, ranks: ranks, nodeRank: value["node_rank"]?.intValue)
        }
        self.init(rules: Rules(fewest: fewest, most: most, maxRestarts: maxRestarts))
        self.instance = instance
        (self.round, self.phase, self.restarts, self.reason, self.code) = (round, phase, restarts, reason, code)
        self.members = try members.map(member)
        self.waiting = try waiting.map(member)
        self.expected = expected.compactMap { $0.stringValue }
        self.done = done.compactMap { $0.stringValue }
    }
}
