import Foundation

/// What Python gave, as scripts/fixtures/dataset_transforms.py wrote it down.
struct TransformFixture: Decodable {
    struct Hash: Decodable {
        let text: String
        let hash: String
    }
    struct Draw: Decodable {
        let kind: String
        let seed: UInt64
        let limit: String?
        let weights: [Double]?
        let size: Int?
        let numbers: [String]
    }
    struct Interleaved: Decodable {
        let lengths: [Int]
        let strategy: String
        let probabilities: [Double]?
        let seed: UInt64
        let rows: [Int]
        let streamed: [Int]
    }
    struct Stratified: Decodable {
        let labels: [Int]
        let testSize: Double
        let trainSize: Double?
        let seed: UInt64
        let train: [Int]
        let test: [Int]
    }
    struct Sorted: Decodable {
        let columns: [String]
        let reverse: [Bool]
        let placement: String
        let rows: [Int]
    }
    struct ShuffledStream: Decodable {
        let count: Int
        let shards: Int
        let buffer: Int
        let inputs: Int
        let seed: UInt64
        let epoch: Int
        let mapped: Bool
        let rows: [Int]
    }

    let hashes: [Hash]
    let draws: [Draw]
    let interleaved: [Interleaved]
    let stratified: [Stratified]
    let sorted: [Sorted]
    let shuffledStreams: [ShuffledStream]
    let otherStreams: [String: [Int]]

    static func load() throws -> TransformFixture {
        let data = try Data(contentsOf: TestData.fixtures.appendingPathComponent("transforms.json"))
        return try JSONDecoder().decode(TransformFixture.self, from: data)
    }
}
