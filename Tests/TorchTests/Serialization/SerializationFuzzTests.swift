import Foundation
import Testing

@testable import Torch

/// Damaged files give an error or a value, never a crash.
///
/// Runs a few seconds by default; SWIFT_TRAINER_FUZZ_SECONDS sets the seconds for each file, and
/// SWIFT_TRAINER_FUZZ_SEED the first seed.
@Suite(.serialized) struct SerializationFuzzTests {
    /// A small generator, so that a seed gives the same damage again (SplitMix64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static func setting(_ name: String) -> Double? {
        ProcessInfo.processInfo.environment[name].flatMap(Double.init)
    }

    /// Calls `body` with damaged copies of `bytes` until the time is over, at least once for each kind of damage.
    private func fuzz(_ bytes: [UInt8], focus: Range<Int>? = nil, _ body: ([UInt8]) throws -> Void) rethrows {
        let seconds = Self.setting("SWIFT_TRAINER_FUZZ_SECONDS") ?? 0.4
        var seed = UInt64(Self.setting("SWIFT_TRAINER_FUZZ_SEED") ?? 1)
        let end = ContinuousClock.now + .seconds(seconds)
        repeat {
            var generator = Generator(state: seed)
            seed += 1
            var damaged = bytes
            let range = Bool.random(using: &generator) ? focus ?? bytes.indices : bytes.indices
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: range, using: &generator)
                guard position < damaged.count else { continue }
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: damaged[position] = UInt8.random(in: 0...255, using: &generator)
                case 2: damaged[position] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
                case 3: damaged.removeSubrange(position...)
                case 4: damaged.remove(at: position)
                default: damaged.insert(damaged[Int.random(in: 0...position, using: &generator)], at: position)
                }
                if damaged.isEmpty { break }
            }
            try body(damaged)
        } while ContinuousClock.now < end
    }

    @Test func safetensors() throws {
        let folder = try TemporaryFolder()
        let bytes = try SerializationFixtures.bytes("types.safetensors")
        try fuzz(bytes, focus: 0..<1100) { damaged in
            let url = try folder.write(damaged)
            do {
                for (_, tensor) in try SafetensorsFile(url: url).tensors { _ = tensor.withUnsafeBytes(Self.sum) }
            } catch is SafetensorsError {}
        }
    }

    @Test(arguments: ["optimizer.pt", "pytorch_model.bin", "values2.pt", "values4.pt", "rng_state.pth"])
    func torchArchives(file: String) throws {
        let bytes = try SerializationFixtures.bytes(file)
        try fuzz(bytes, focus: bytes.count - 700..<bytes.count) { damaged in try read(archive: damaged) }
    }

    /// The pickle alone, which a wrong checksum or zip record would hide.
    @Test(arguments: ["optimizer.pt", "pytorch_model.bin", "values2.pt", "values4.pt"])
    func pickles(file: String) throws {
        let bytes = try SerializationFixtures.bytes(file)
        let entries = try bytes.withUnsafeBytes { try ZipReader($0, file: file).entries }
        let pickle = try #require(entries.first).data
        let storages = entries.filter { $0.name.contains("/data/") }.map {
            (name: "a/data/" + ($0.name as NSString).lastPathComponent, content: Array(bytes[$0.data]))
        }
        try fuzz(Array(bytes[pickle])) { damaged in
            try read(archive: PickleBuilder.zip([("a/data.pkl", damaged)] + storages))
        }
    }

    /// Reads an archive, and writes what was read.
    private func read(archive: [UInt8]) throws {
        try archive.withUnsafeBytes { bytes in
            do {
                let value = try TorchArchive.read(bytes, owner: Nobody(), file: "fuzz", checksums: false)
                _ = try collected { try TorchArchive.write(value, to: $0) }
            } catch is TorchArchiveError {}
        }
    }

    private final class Nobody {}

    private static func sum(_ bytes: UnsafeRawBufferPointer) -> Int { bytes.reduce(0) { $0 &+ Int($1) } }
}
