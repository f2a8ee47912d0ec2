import OrderedJSON
import Testing

@testable import Datasets

@Suite struct NumPyDrawsTests {
    let fixture: TransformFixture
    init() throws { fixture = try TransformFixture.load() }

    @Test func drawsAreNumPys() throws {
        for draw in fixture.draws {
            var generator = NumPyGenerator(seed: draw.seed)
            let numbers: [String]
            switch draw.kind {
            case "integers":
                let limit = try #require(draw.limit.flatMap { UInt64($0) })
                numbers = draw.numbers.map { _ in "\(generator.integer(through: limit - 1))" }
            case "choice":
                numbers = generator.choices(weights: draw.weights ?? [], size: 60).map { "\($0)" }
            default:
                let count = try #require(draw.limit.flatMap { Int($0) })
                numbers = generator.sample(draw.size ?? 0, of: count).map { "\($0)" }
            }
            #expect(numbers == draw.numbers, "\(draw.kind) \(draw.seed) \(draw.limit ?? "")")
        }
    }

    @Test func stateIsKept() throws {
        var generator = NumPyGenerator(seed: 9)
        _ = generator.nextUInt32()
        var copy = try #require(NumPyGenerator(state: generator.state))
        #expect(copy.permutation(20) == generator.permutation(20))
        #expect(NumPyGenerator(state: ["state": 1]) == nil)
    }

    @Test func hashesAreXXH64() {
        for expected in fixture.hashes {
            for pieces in [1, 3] {
                var hash = XXHash64()
                let bytes = Array(expected.text.utf8)
                let size = max(1, (bytes.count + pieces - 1) / pieces)
                for start in stride(from: 0, to: bytes.count, by: size) {
                    bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
                }
                #expect("\(Fingerprint(hash: hash.value))" == expected.hash)
            }
        }
    }
}
