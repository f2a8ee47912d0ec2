import Datasets
import Foundation
import Testing

/// Good files with flipped bits, cut short, or with parts overwritten: read, or refused in one line, and nothing else.
@Suite struct DamagedFileTests {
    private static let files = TestData.fixtures.appendingPathComponent("files")

    /// Reads every value, so that nothing wrong stays unseen.
    private func readAll(_ rows: Dataset) {
        var checksum = CRC32()
        for row in rows.take(1000) { for (_, value) in row.values { checksum.add(ValueText.bytes(value)) } }
    }

    private func damage(
        _ good: Data, name: String, rounds: Int, seed: UInt64, read: (String) throws -> Dataset
    ) throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix(state: seed)
        for round in 0..<rounds {
            var bad = good
            switch round % 4 {
            case 0: bad = bad.prefix(Int.random(in: 0..<good.count, using: &generator))
            case 1:
                let place = Int.random(in: 0..<good.count, using: &generator)
                bad[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2:
                for _ in 0..<8 {
                    bad[Int.random(in: 0..<good.count, using: &generator)] = .random(in: 0...255, using: &generator)
                }
            default:
                // Numbers that are large, or negative, where lengths and offsets may be.
                let place = Int.random(in: 0..<max(1, good.count - 8), using: &generator)
                let word: [UInt8] =
                    [[0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80]]
                    .randomElement(using: &generator) ?? []
                for (offset, byte) in word.enumerated() where place + offset < bad.count { bad[place + offset] = byte }
            }
            let path = try folder.file(name, Data(bad))
            do {
                readAll(try read(path))
            } catch let error as DatasetError {
                #expect(!"\(error)".contains("\n") && !"\(error)".isEmpty)
            }
        }
    }

    @Test(arguments: ["types.arrow", "types-stream.arrow", "odd.arrow", "union.arrow"])
    func arrow(_ name: String) throws {
        let good = try Data(contentsOf: Self.files.appendingPathComponent(name))
        try damage(good, name: name, rounds: 150, seed: 1) { try Dataset.fromArrow($0) }
    }

    @Test(arguments: ["types.parquet", "features.parquet", "plain.parquet"]) func parquet(_ name: String) throws {
        let good = try Data(contentsOf: Self.files.appendingPathComponent(name))
        try damage(good, name: name, rounds: 100, seed: 2) { try Dataset.fromParquet($0) }
    }

    @Test(arguments: ["plain.csv", "plain.jsonl", "plain.json"]) func text(_ name: String) throws {
        let good = try Data(contentsOf: Self.files.appendingPathComponent(name))
        try damage(good, name: name, rounds: 100, seed: 3) { try loadDataset(folder: $0)["train"] }
    }

    /// Small files that claim 2⁶² rows of types without buffers, decimals of two billion digits, or a compressed buffer that
    /// becomes a terabyte.
    @Test(arguments: ["hugenull", "huge", "hugefsl", "dec", "inflated"]) func claims(_ name: String) throws {
        let path = TestData.fixtures.appendingPathComponent("hostile/\(name).arrow").path
        let found = try #require(message { _ = try Dataset.fromArrow(path) })
        #expect(found.contains("\(name).arrow") && !found.contains("\n"))
    }

    @Test func savedFolders() throws {
        let saved = Self.files.appendingPathComponent("saved/test")
        for name in ["state.json", "dataset_info.json"] {
            let good = try Data(contentsOf: saved.appendingPathComponent(name))
            let copies = try TemporaryFolder()
            let copy = copies.url.appendingPathComponent("copy")
            try FileManager.default.copyItem(at: saved, to: copy)
            try damage(good, name: name, rounds: 60, seed: 4) { path in
                let target = copy.appendingPathComponent(name)
                try Data(contentsOf: URL(fileURLWithPath: path)).write(to: target)
                return try Dataset.loadFromDisk(copy.path)
            }
        }
    }

    /// Names hold whatever a file says; errors stay in one line.
    @Test func namesInErrors() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.csv", "\"x\n\u{2028}\u{85}y\"\n1\n")
        let rows = try Dataset.fromCSV(path)
        let found = try #require(message { _ = try rows.column("b") as [Int] })
        #expect(found == #"there is no column 'b'; the columns are 'x\n\u{2028}\u{0085}y'"#, "\(found)")
        let wide = try Dataset.from(columns: (0..<1000).map { ("column \($0)", [1]) })
        #expect(message { _ = try wide.column("b") as [Int] }?.hasSuffix("'column 49' and 950 more") == true)
    }
}
