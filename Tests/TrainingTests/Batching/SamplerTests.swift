import Foundation
import OrderedJSON
import Testing
import Training

/// Against Python's samplers: scripts/fixtures/data_order.py.
@Suite(.serialized) struct SamplerTests {
    private let orders: JSONValue

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/data_order.json")
        orders = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    private func integers(_ value: JSONValue?) -> [Int] { value?.arrayValue?.compactMap { $0.intValue } ?? [] }

    @Test func groupsByLength() throws {
        for entry in try #require(orders["grouped"]?.arrayValue) {
            let (lengths, batch) = (integers(entry["lengths"]), try #require(entry["batch"]?.intValue))
            let seed = try #require(entry["seed"]?.intValue)
            manualSeed(seed)
            let sampler = LengthGroupedSampler(lengths: lengths, batchSize: batch)
            #expect(try sampler.rows(epoch: 0) == integers(entry["first"]))
            #expect(try sampler.rows(epoch: 1) == integers(entry["second"]))
            let own = LengthGroupedSampler(lengths: lengths, batchSize: batch, seed: seed + 9)
            #expect(try own.rows(epoch: 0) == integers(entry["private"]))
            #expect(try own.rows(epoch: 5) == integers(entry["private"]))
            #expect(sampler.drawsFromDefaultGenerator && !own.drawsFromDefaultGenerator)
        }
        #expect(try LengthGroupedSampler(lengths: [], batchSize: 2).rows(epoch: 0) == [])
    }

    @Test func balancesBatches() throws {
        for entry in try #require(orders["rebalanced"]?.arrayValue) {
            let (batch, groups) = (
                try #require(entry["batch"]?.intValue), try #require(entry["accumulation"]?.intValue)
            )
            let dropLast = entry["drop_last"] == true
            let sampler = BatchRebalanceSampler(
                lengths: integers(entry["lengths"]), effectiveBatchSize: batch * groups, accumulation: groups)
            #expect(sampler.batchCount(batchSize: batch, dropLast: dropLast) == entry["count"]?.intValue)
            for (epoch, wanted) in try #require(entry["epochs"]?.arrayValue).enumerated() {
                let got = try sampler.batches(epoch: epoch, batchSize: batch, dropLast: dropLast)
                #expect(
                    got == wanted.arrayValue?.map { integers($0) }, "\(entry["lengths"]?.arrayValue?.count ?? 0) rows")
            }
        }
    }

    @Test func cutsRowsIntoBatches() throws {
        let sampler = SequentialSampler(count: 5)
        #expect(try sampler.batches(epoch: 0, batchSize: 2, dropLast: false) == [[0, 1], [2, 3], [4]])
        #expect(try sampler.batches(epoch: 0, batchSize: 2, dropLast: true) == [[0, 1], [2, 3]])
        #expect(sampler.batchCount(batchSize: 2, dropLast: false) == 3)
        // seed 42, as Python's first epochs.
        let random = RandomSampler(count: 5, seed: 42)
        #expect(try random.rows(epoch: 0) == [2, 4, 3, 0, 1])
        #expect(try random.rows(epoch: 1) == [3, 1, 4, 2, 0])
    }
}
