import Foundation
import OrderedJSON
import Testing
import Torch

@testable import Training

/// How ranks share batches, against accelerate's classes (scripts/fixtures/rank_shards.py).
@Suite struct ShardTests {
    private static func fixture(_ name: String) throws -> [JSONValue] {
        let data = try Data(contentsOf: fixtureURL("rank_shards.json"))
        return try #require(JSONValue(parsing: data)[name]?.arrayValue)
    }

    private static func batches(_ value: JSONValue?) -> [[Int]] {
        (value?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.intValue) }
    }

    @Test func batchesAreSharedAsByAccelerate() throws {
        let cases = try Self.fixture("indexed")
        #expect(cases.count > 300)
        for entry in cases {
            let size = try #require(entry["batchSize"]?.intValue)
            let dropLast = entry["dropLast"] == true
            let parts = try #require(entry["ranks"]?.arrayValue)
            let all = try SequentialSampler(count: try #require(entry["rows"]?.intValue))
                .batches(epoch: 0, batchSize: size, dropLast: dropLast)
            for (rank, part) in parts.enumerated() {
                let shard = BatchShard(
                    rank: rank, ranks: parts.count, evenBatches: entry["evenBatches"] == true,
                    splitBatches: entry["splitBatches"] == true)
                let mine = shard.batches(of: all, batchSize: size, dropLast: dropLast)
                #expect(mine == Self.batches(part["batches"]), "rank \(rank) of \(entry)")
                if entry["splitBatches"] == false {
                    #expect(shard.batchCount(of: all.count, dropLast: dropLast) == part["count"]?.intValue)
                }
            }
        }
    }

    @Test func streamsAreSharedAsByAccelerate() throws {
        for entry in try Self.fixture("streamed") {
            let size = try #require(entry["batchSize"]?.intValue)
            let parts = try #require(entry["ranks"]?.arrayValue)
            for (rank, part) in parts.enumerated() {
                let shard = BatchShard(rank: rank, ranks: parts.count, dispatchBatches: false)
                let found = try Self.rows(
                    rows: try #require(entry["rows"]?.intValue), size, entry["dropLast"] == true, shard)
                #expect(found == Self.batches(part), "rank \(rank) of \(entry)")
            }
        }
    }

    /// The dispatcher fills a stream's last rows up to a multiple of the ranks.
    @Test func aStreamsLastRowsAreLevelled() throws {
        func rows(_ rank: Int) throws -> [[Int]] {
            try Self.rows(rows: 9, 2, false, BatchShard(rank: rank, ranks: 2))
        }
        #expect(try rows(0) == [[0, 1], [4, 5], [8]])
        #expect(try rows(1) == [[2, 3], [6, 7], [0]])
    }

    /// Every row is seen once where batches need not be even.
    @Test func unevenRanksSeeEveryRowOnce() throws {
        for count in [1, 5, 8, 13] {
            let seen = try (0..<3).flatMap { rank in
                try Self.rows(rows: count, 2, false, BatchShard(rank: rank, ranks: 3, evenBatches: false)).flatMap(
                    \.self)
            }
            #expect(seen.sorted() == Array(0..<count))
        }
    }

    /// A loader of one's own is read whole, and each rank takes its turn; a resumed one goes on at the same place.
    @Test func loadersWithoutRanksAreSharedInTurn() throws {
        final class Numbers: DataLoader {
            var batchCount: Int? { 7 }
            func batches(epoch: Int, skipping: Int) -> BatchIterator {
                var next = skipping
                return BatchIterator {
                    guard next < 7 else { return nil }
                    defer { next += 1 }
                    return Batch([], rows: [next])
                }
            }
        }
        func rows(_ rank: Int, even: Bool, skipping: Int = 0) throws -> [Int] {
            let loader = Numbers().sharded(BatchShard(rank: rank, ranks: 2, evenBatches: even))
            #expect(loader.batchCount == 4)
            let batches = try loader.batches(epoch: 0, skipping: skipping)
            var found: [Int] = []
            while let batch = try batches.next() { found += batch.rows }
            return found
        }
        #expect(try rows(0, even: true) == [0, 2, 4, 6])
        #expect(try rows(1, even: true) == [1, 3, 5, 0])
        #expect(try rows(1, even: false) == [1, 3, 5])
        #expect(try rows(0, even: false, skipping: 2) == [4, 6])
        #expect(try rows(1, even: true, skipping: 3) == [0])
    }

    private static func rows(rows: Int, _ size: Int, _ dropLast: Bool, _ shard: BatchShard) throws -> [[Int]] {
        let stream = ExampleStream(collator: Collator<Int> { rows, _ in Batch([("x", Tensor(rows))]) }) { _ in 0..<rows
        }
        let batches = try StreamLoader(stream, batchSize: size, dropLast: dropLast).sharded(shard)
            .batches(epoch: 0, skipping: 0)
        var found: [[Int]] = []
        while let batch = try batches.next() { found.append(batch["x"]?.array(of: Int.self) ?? []) }
        return found
    }
}
