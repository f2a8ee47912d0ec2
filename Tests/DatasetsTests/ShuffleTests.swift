import Datasets
import Foundation
import Testing

/// Orders and splits equal Python's, as scripts/fixtures/dataset_permutations.py wrote them down.
@Suite struct ShuffleTests {
    struct Fixture: Decodable {
        struct Permutation: Decodable {
            let seed: String
            let count: Int
            let order: [Int]
        }
        struct Long: Decodable {
            let seed: String
            let count: Int
            let crc32: UInt32
            let first: [Int]
        }
        struct Split: Decodable {
            let testSize: Double
            let isRows: Bool
            let shuffle: Bool
            let train: [Int]
            let test: [Int]
        }
        let permutations: [Permutation]
        let long: [Long]
        let splits: [Split]
        let shuffledTwice: [Int]
    }

    let fixture: Fixture
    init() throws {
        let data = try Data(contentsOf: TestData.fixtures.appendingPathComponent("permutations.json"))
        fixture = try JSONDecoder().decode(Fixture.self, from: data)
    }

    private func rows(_ count: Int) throws -> Dataset { try Dataset.from(dictionary: ["row": Array(0..<count)]) }

    @Test func shortOrders() throws {
        #expect(fixture.permutations.count == 48)
        for expected in fixture.permutations {
            let seed = try #require(UInt64(expected.seed))
            #expect(try rows(expected.count).shuffle(seed: seed).column("row") == expected.order)
        }
    }

    @Test func longOrders() throws {
        for expected in fixture.long {
            let seed = try #require(UInt64(expected.seed))
            let order: [Int] = try rows(expected.count).shuffle(seed: seed).column("row")
            #expect(Array(order.prefix(5)) == expected.first)
            #expect(crc32(of: order) == expected.crc32)
        }
    }

    @Test func splits() throws {
        for expected in fixture.splits {
            let size: Dataset.SplitSize =
                expected.isRows ? .rows(Int(expected.testSize)) : .fraction(expected.testSize)
            let parts = try rows(37).trainTestSplit(testSize: size, seed: 42, shuffle: expected.shuffle)
            #expect(parts.splitNames == ["train", "test"])
            #expect(try parts["train"].column("row") == expected.train)
            #expect(try parts["test"].column("row") == expected.test)
        }
        let ten = try rows(10)
        for size in [0.0, 1.0, -0.5, 1.5, 0.95, .nan] {
            #expect(throws: DatasetError.self) { try ten.trainTestSplit(testSize: .fraction(size), seed: 1) }
        }
        for size in [0, 10, 11, -1] {
            #expect(throws: DatasetError.self) { try ten.trainTestSplit(testSize: .rows(size), seed: 1) }
        }
    }

    @Test func selectionsCompose() throws {
        let shuffled = try rows(37).shuffle(seed: 42).select(10..<30).shuffle(seed: 3)
        #expect(try shuffled.column("row") == fixture.shuffledTwice)
        #expect(try shuffled.select(5..<8).column("row") == Array(fixture.shuffledTwice[5..<8]))
    }

    private func crc32(of numbers: [Int]) -> UInt32 {
        var table: [UInt32] = []
        for byte in UInt32(0)..<256 {
            var word = byte
            for _ in 0..<8 {
                let isOdd = word & 1 == 1
                word >>= 1
                if isOdd { word ^= 0xEDB8_8320 }
            }
            table.append(word)
        }
        return numbers.withUnsafeBytes { bytes in
            var word = UInt32.max
            for byte in bytes { word = table[Int(UInt8(truncatingIfNeeded: word) ^ byte)] ^ (word >> 8) }
            return ~word
        }
    }
}
