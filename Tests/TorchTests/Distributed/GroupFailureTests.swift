import Foundation
import Testing

@testable import Torch

/// Every failure comes as one line within the time allowed.
@Suite struct GroupFailureTests {
    @Test func namesTheRanksThatDidNotCome() throws {
        let store = try HashStore()
        let start = ContinuousClock.now
        let outcomes = Ranks.threads(2) { rank in
            _ = try ProcessGroup(store: store, rank: rank * 2, worldSize: 4, timeout: .seconds(1))
        }
        #expect(ContinuousClock.now - start < .seconds(4))
        #expect(outcomes.map { $0.distributedError?.kind } == [.timeout, .timeout])
        #expect(
            outcomes[1].distributedError?.message.hasPrefix(
                "rank 2 of 4, joining the group default_pg: ranks 1, 3 did not come within 1 s") == true)
    }

    @Test func failsWhereARankStaysAway() throws {
        let outcomes = try Ranks.outcomes(3, timeout: .seconds(2)) { group in
            if group.rank == 2 {
                Thread.sleep(forTimeInterval: 5)
            } else {
                try group.allReduce(Tensor([1.0]))
            }
        }
        for rank in 0..<2 {
            let kind = outcomes[rank].distributedError?.kind
            #expect(kind == .timeout || kind == .peerLost)
            #expect(outcomes[rank].distributedError?.message.hasPrefix("rank \(rank) of 3, allReduce: ") == true)
        }
    }

    @Test func tellsWhoMissedABarrier() throws {
        let outcomes = try Ranks.outcomes(3) { group in
            if group.rank == 1 {
                Thread.sleep(forTimeInterval: 3)
            } else {
                try group.monitoredBarrier(timeout: .seconds(1))
            }
        }
        let error = outcomes[0].distributedError
        #expect(error?.kind == .timeout)
        #expect(error?.message == "rank 0 of 3, monitoredBarrier: rank 1 did not come within 1 s")
        #expect(outcomes[2].distributedError?.kind == .timeout)
    }

    @Test func endsSoonWithWorkPending() throws {
        let start = ContinuousClock.now
        let outcomes = try Ranks.outcomes(2, timeout: .seconds(60)) { group in
            if group.rank == 0 {
                // Nobody answers for a while, and nobody waits.
                _ = try group.startAllReduce(Tensor([1.0]))
            } else {
                Thread.sleep(forTimeInterval: 6)
            }
            return ContinuousClock.now
        }
        let end = try outcomes[0].get()
        #expect(end - start < .seconds(3))
    }

    @Test func refusesASecondGroupOfTheSameName() throws {
        let store = try HashStore()
        _ = try ProcessGroup(store: store, rank: 0, worldSize: 1)
        let error = #expect(throws: DistributedError.self) { try ProcessGroup(store: store, rank: 0, worldSize: 1) }
        #expect(error?.kind == .invalidArgument)
        _ = try ProcessGroup(store: store, rank: 0, worldSize: 1, name: "second")
    }

    @Test func refusesWhatCanNotBe() throws {
        let store = try HashStore()
        #expect(throws: DistributedError.self) { try ProcessGroup(store: store, rank: 2, worldSize: 2) }
        let interface = #expect(throws: DistributedError.self) {
            try ProcessGroup(store: store, rank: 0, worldSize: 1, name: "a", binding: .interfaces(["no-such-if"]))
        }
        #expect(interface?.kind == .addressUnavailable)
        #expect(interface?.message.contains("no-such-if") == true)
        let address = #expect(throws: DistributedError.self) {
            try ProcessGroup(store: store, rank: 0, worldSize: 1, name: "b", binding: .address("203.0.113.1"))
        }
        #expect(address?.kind == .addressUnavailable)
        #expect(address?.message.contains("the address 203.0.113.1 is not this machine's") == true)
        if !ProcessGroup.isNCCLAvailable {
            let nccl = #expect(throws: DistributedError.self) {
                try ProcessGroup(store: store, rank: 0, worldSize: 1, backend: .nccl)
            }
            #expect(nccl?.kind == .unsupported)
        }
    }
}
