import Foundation
import Testing

@testable import Training

/// How machines come together, lose each other and begin anew, without any machine.
struct RendezvousStateTests {
    private func member(_ name: String, nodeRank: Int? = nil) -> RendezvousState.Member {
        .init(id: name, host: name, ranks: 2, nodeRank: nodeRank)
    }

    private func state(_ nodes: ClosedRange<Int>, restarts: Int = 2, _ names: String...) -> RendezvousState {
        var state = RendezvousState(
            rules: .init(fewest: nodes.lowerBound, most: nodes.upperBound, maxRestarts: restarts))
        for name in names { state.join(member(name)) }
        return state
    }

    private func ids(_ members: [RendezvousState.Member]) -> [String] { members.map { $0.id } }

    @Test func anAttemptBeginsWhenAllAreThere() {
        var run = state(2...2, "a")
        #expect(!run.isComplete)
        run.join(member("a"))
        #expect(run.members.count == 1)
        run.join(member("b"))
        #expect(run.isComplete)
        run.begin()
        #expect(run.phase == .running && ids(run.members) == ["a", "b"])
    }

    @Test func givenPlacesComeFirst() {
        var run = state(3...3)
        run.join(member("a", nodeRank: 2))
        run.join(member("b", nodeRank: 0))
        run.join(member("c", nodeRank: 1))
        run.begin()
        #expect(ids(run.members) == ["b", "c", "a"])
    }

    @Test func aFailureBeginsAnewInTheSameOrder() {
        var run = state(2...2, "a", "b")
        run.begin()
        run.endRound("rank 1 failed", code: 3)
        #expect(run.phase == .joining && run.round == 1 && run.restarts == 1 && run.expected == ["a", "b"])
        run.join(member("b"))
        run.join(member("a"))
        run.begin()
        #expect(ids(run.members) == ["a", "b"])
    }

    @Test func withoutRestartsTheRunIsOver() {
        var run = state(1...1, restarts: 1, "a")
        run.begin()
        run.endRound("first", code: 3)
        run.join(member("a"))
        run.begin()
        run.endRound("second", code: 4)
        #expect(run.phase == .closed && run.code == 4 && run.reason == "second")
        run.join(member("b"))
        #expect(run.waiting.isEmpty)
    }

    @Test func aLostMachineLeavesTheRest() {
        var run = state(1...3, "a", "b", "c")
        run.begin()
        run.lose("b", "b is lost")
        #expect(run.phase == .joining && run.restarts == 1 && run.expected == ["a", "c"])
        run.join(member("c"))
        #expect(!run.isComplete)
        run.join(member("a"))
        #expect(run.isComplete)
        run.begin()
        #expect(ids(run.members) == ["a", "c"])
        // One loss is counted once.
        run.lose("b", "b is lost")
        #expect(run.phase == .running)
    }

    @Test func aNewMachineWaitsForItsTurn() {
        var run = state(1...3, "a")
        run.begin()
        run.join(member("b"))
        run.join(member("b"))
        #expect(ids(run.waiting) == ["b"] && run.isJoinDue)
        run.endRound("b came", code: 1)
        #expect(run.expected == ["a", "b"])
        run.join(member("b"))
        run.join(member("a"))
        run.begin()
        #expect(ids(run.members) == ["a", "b"])
    }

    @Test func aNewMachineEndsNoRunWithoutRestarts() {
        var run = state(1...2, restarts: 0, "a")
        run.begin()
        run.join(member("b"))
        #expect(!run.isJoinDue)
    }

    @Test func noMoreThanAllowedTakePart() {
        var run = state(1...2, "a", "b")
        run.begin()
        run.join(member("c"))
        #expect(!run.isJoinDue)
        run.endRound("failed", code: 1)
        // Whoever was in before has its place kept.
        run.join(member("c"))
        #expect(run.members.isEmpty && ids(run.waiting) == ["c"])
        run.join(member("a"))
        run.join(member("b"))
        #expect(ids(run.members) == ["a", "b"])
        // A place that nobody needs any more is free.
        run.lose("b", "")
        run.join(member("c"))
        #expect(ids(run.members) == ["a", "c"] && run.waiting.isEmpty)
    }

    @Test func theRunIsOverWhenAllAreDone() {
        var run = state(2...2, "a", "b")
        run.begin()
        run.finish("a")
        run.finish("a")
        #expect(run.phase == .running)
        run.finish("b")
        #expect(run.phase == .closed && run.code == 0)
    }

    @Test func travelsAsBytes() throws {
        var run = state(1...3, "a", "b")
        run.begin()
        run.join(member("ü \"c\"", nodeRank: 1))
        run.finish("a")
        #expect(try RendezvousState(decoding: run.encoded) == run)
        for bad in ["", "{}", "[1]", "{\"fewest\": 1", "null"] {
            #expect(throws: LaunchError.self) { try RendezvousState(decoding: Array(bad.utf8)) }
        }
    }

    @Test func agentsAgreeThroughTheStore() throws {
        let store = LocalRendezvousStore()
        func agent(_ id: String, most: Int = 2) -> Rendezvous {
            Rendezvous(
                id: id, runID: "r", store: store, rules: .init(fewest: 1, most: most, maxRestarts: 0),
                keepAlive: .init(interval: .milliseconds(20), maxAttempts: 2))
        }
        var (a, b) = (agent("a"), agent("b"))
        try a.update { $0.join(member("a")) }
        #expect(try ids(b.update { $0.join(member("b")) }.members) == ["a", "b"])
        let error = #expect(throws: LaunchError.self) { try agent("c", most: 3).state() }
        #expect(error?.description.contains("--nnodes 1:2") == true)

        // b shows no life any more.
        try b.showLife()
        var waited = 0
        while try a.state().contains("b"), waited < 1_000 {
            try a.watchOthers(a.state())
            Thread.sleep(forTimeInterval: 0.01)
            waited += 1
        }
        #expect(try ids(a.state().members) == ["a"])
    }
}
