import Foundation
import Testing

@testable import Torch

@Suite struct MersenneTwisterTests {
    private struct Seeded: Decodable {
        struct Summary: Decodable {
            let head: [UInt32]
            let crc32: UInt32
        }
        let seed: Int
        let python: Summary
        let pythonPosition: Int
        let numpy: Summary?
        let numpyPosition: Int?
    }

    private func check(_ state: MersenneTwisterState, _ summary: Seeded.Summary, _ position: Int?) {
        #expect(state.key.count == 624 && Array(state.key.prefix(4)) == summary.head)
        let bytes = state.key.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
        #expect(bytes.withUnsafeBytes { CRC32.checksum($0) } == summary.crc32)
        #expect(state.position == position)
    }

    @Test func seedsGivePythonsStates() throws {
        let data = try Data(contentsOf: SerializationFixtures.url("random_states.json"))
        let seeds = try JSONDecoder().decode([Seeded].self, from: data)
        #expect(seeds.count == 10)
        for entry in seeds {
            check(.python(seed: entry.seed), entry.python, entry.pythonPosition)
            if let numpy = entry.numpy {
                check(.numpy(seed: UInt32(entry.seed)), numpy, entry.numpyPosition)
            }
        }
    }
}
