import Foundation
import OrderedJSON
import Testing
import Training

/// The order of rows and the random numbers that are drawn.
@Suite(.serialized) struct ParityOrderTests {
    private func expectRandom(_ name: String) throws -> FinishedRun {
        let finished = try expectRun(name)
        let want = finished.run.record["random"]?.arrayValue?.compactMap { $0.intValue }
        #expect(finished.probe.random == want, "\(name): random numbers")
        return finished
    }

    @Test func case17OrderIsAPermutationOfSeedAndEpoch() throws {
        let finished = try expectRun("plain")
        for epoch in 0..<2 {
            let order = seededPermutation(10, seed: UInt64(42 + epoch))
            #expect(finished.order[epoch * 5..<epoch * 5 + 5].flatMap { $0 } == order)
        }
        try expectRun("in_order")
    }

    @Test func case21OrderByLength() throws {
        let finished = try expectRandom("by_length")
        // Within a long stretch the longest rows come first, and the very first batch holds the longest of all.
        let lengths = try #require(finished.run.tensors["lengths"]).array(of: Int.self)
        #expect(lengths[finished.order[0][0]] == lengths.max())
    }

    @Test func case18DataSeedLeavesTheStreamAlone() throws {
        let (own, same) = (try expectRandom("data_seed"), try expectRandom("dropout"))
        #expect(own.order != same.order)
        #expect(own.probe.random == same.probe.random)
    }

    @Test func case19OneNumberForEachEpoch() throws {
        let finished = try expectRandom("in_order")
        // Without dropout nothing else draws.
        let begins = zip(finished.probe.events, finished.probe.random).filter { $0.0 == "step_begin" }.map { $0.1 }
        #expect(Set(begins).count == 2)
        #expect(Set(begins.prefix(5)).count == 1)
        #expect(Set(finished.probe.random).count == 3)
    }

    @Test func case20OneNumberForEachEvaluation() throws {
        let finished = try expectRandom("on_start")
        let pairs = zip(finished.probe.events, finished.probe.random)
        let evaluations = pairs.filter { $0.0 == "evaluate" }.map { $0.1 }
        #expect(Set(evaluations).count == 3)
    }
}
