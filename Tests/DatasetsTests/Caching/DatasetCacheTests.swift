import Foundation
import Synchronization
import Testing

@testable import Datasets

@Suite struct DatasetCacheTests {
    let folder: TemporaryFolder
    let cache: DatasetCache
    let calls = Counter()

    init() throws {
        folder = try TemporaryFolder()
        cache = DatasetCache(folder: folder.url.appendingPathComponent("cache/deep"))
    }

    /// Counts calls, from any thread.
    final class Counter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        /// The calls since the last time.
        func take() -> Int {
            count.withLock { count in
                defer { count = 0 }
                return count
            }
        }
    }

    private func rows() throws -> Dataset {
        try Dataset.from(dictionary: ["n": Array(0..<2500), "text": (0..<2500).map { "text \($0)" }])
    }

    private func squares(
        _ rows: Dataset, _ key: Fingerprint = "squares", loadFromCacheFile: Bool = true, fileName: String? = nil
    ) throws -> Dataset {
        try withDatasetCache(cache) {
            try rows.map(
                inputColumns: ["n"], numProc: 2, fingerprint: key, loadFromCacheFile: loadFromCacheFile,
                cacheFileName: fileName
            ) { row in
                calls.add()
                let n: Int = try row["n"]
                return ["square": CellValue.int(n * n), "list": n < 1100 ? .null : .ints([n])]
            }
        }
    }

    private var files: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).filter { $0.hasSuffix(".arrow") }
        }
    }

    @Test func secondCallReadsTheFile() throws {
        let first = try squares(rows())
        #expect(calls.take() == 2500)
        let second = try squares(rows())
        #expect(calls.take() == 0)
        for made in [first, second] {
            #expect(made.columnNames == ["n", "text", "list", "square"])
            #expect(made.features["list"] == .list(.int64))
            #expect(try made.column("square") == (0..<2500).map { $0 * $0 })
            #expect(try made[1100]["list"] == [1100])
        }
        #expect(first.fingerprint == second.fingerprint)
        #expect(try files.count == 1)
        // Another column than those that are read may change.
        _ = try squares(rows().removeColumn("text"))
        #expect(calls.take() == 0)
        _ = try squares(rows().renameColumn("text", to: "other"))
        #expect(calls.take() == 0)
    }

    @Test func whatTheResultDependsOnIsInTheKey() throws {
        _ = try squares(rows())
        _ = calls.take()
        _ = try squares(rows(), Fingerprint("squares", 2))
        #expect(calls.take() == 2500)
        _ = try squares(rows().select(0..<2499))
        #expect(calls.take() == 2499)
        let shuffled = try rows().shuffle(seed: 1)
        #expect(try squares(shuffled)[0]["square"] == (shuffled[0]["n"] as Int) * (shuffled[0]["n"] as Int))
        #expect(calls.take() == 2500)
        _ = try squares(rows(), loadFromCacheFile: false)
        #expect(calls.take() == 2500)
        _ = try squares(
            rows().addColumn("x", Array(0..<2500)).castColumn("n", to: .float64).castColumn("n", to: .int32))
        #expect(calls.take() == 2500)
    }

    @Test func typesAskedForAreInTheKey() throws {
        func doubled(_ type: FeatureType?, removing: [String] = []) throws -> Dataset {
            try withDatasetCache(cache) {
                try rows().map(
                    removeColumns: removing, features: type.map { Features([.init(name: "twice", type: $0)]) },
                    numProc: 2, fingerprint: "doubled"
                ) { row in ["twice": 2 * (try row["n"] as Int)] }
            }
        }
        #expect(try doubled(nil).features["twice"] == .int64)
        #expect(try doubled(.int32).features["twice"] == .int32)
        #expect(try doubled(.float32).features["twice"] == .float32)
        #expect(try doubled(nil).features["twice"] == .int64)
        #expect(try doubled(.int32, removing: ["n", "text"]).columnNames == ["twice"])
    }

    /// Bits that change on the disk, without a date that says so, lead nowhere.
    @Test func flippedOffsetsAreFound() throws {
        let made = try squares(rows())
        let path = cache.folder.appendingPathComponent(try #require(files.first)).path
        #expect(made.cacheFiles == [path])
        let good = try Data(contentsOf: URL(filePath: path))
        let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        _ = calls.take()
        // Two of the lists' offsets.
        let place = try #require(good.range(of: Data([0x64, 0, 0, 0, 0x65, 0, 0, 0]))?.lowerBound)
        var bad = good
        bad[place + 3] = 0x7F
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: bad)
        try file.close()
        try FileManager.default.setAttributes([.modificationDate: try #require(date)], ofItemAtPath: path)
        #expect(try squares(rows()).column("square") == (0..<2500).map { $0 * $0 })
        #expect(calls.take() == 2500)
    }

    @Test func settingsOfTheMemoryAreNumbers() throws {
        #expect(try LoadOptions.memoryLimit(nil) == nil)
        #expect(try LoadOptions.memoryLimit("0") == 0)
        #expect(try LoadOptions.memoryLimit(" 1e9 ") == 1_000_000_000)
        #expect(try LoadOptions.memoryLimit("2.5") == 2)
        #expect(try LoadOptions.memoryLimit("1_000") == 1000)
        #expect(try LoadOptions.memoryLimit("inf") == .max)
        #expect(try LoadOptions.memoryLimit("1e30") == .max)
        #expect(try LoadOptions.memoryLimit("-1") == 0)
        for wrong in ["", "nan", "1 GB", "0x"] {
            let text = message { _ = try LoadOptions.memoryLimit(wrong) }
            #expect(text == "HF_DATASETS_IN_MEMORY_MAX_SIZE: '\(wrong)' is not a number of bytes")
        }
    }

    @Test func damagedFilesAreMadeAnew() throws {
        _ = try squares(rows())
        _ = calls.take()
        let path = cache.folder.appendingPathComponent(try #require(files.first))
        let good = try Data(contentsOf: path)
        var flipped = good
        flipped[good.count / 2] ^= 1
        for bad in [flipped, good.prefix(good.count / 2), Data(), Data("nonsense".utf8)] {
            try bad.write(to: path)
            #expect(try squares(rows()).column("square") == (0..<2500).map { $0 * $0 })
            #expect(calls.take() == 2500)
            #expect(try squares(rows()).numRows == 2500)
            #expect(calls.take() == 0)
        }
        // The same content with another date is as good.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path.path)
        _ = try squares(rows())
        #expect(calls.take() == 0)
        let record = URL(filePath: path.path + ".json")
        for bad in ["", "{}", "[", "{\"key\": 3}"] {
            try Data(bad.utf8).write(to: record)
            _ = try squares(rows())
            #expect(calls.take() == 2500)
        }
        try FileManager.default.removeItem(at: record)
        _ = try squares(rows())
        #expect(calls.take() == 2500)
    }

    @Test func failedTransformsLeaveNothing() throws {
        struct Wrong: Error {}
        let leftover = cache.folder.appendingPathComponent("x")
        try FileManager.default.createDirectory(at: cache.folder, withIntermediateDirectories: true)
        try Data().write(to: leftover)
        #expect(throws: Wrong.self) {
            try withDatasetCache(cache) {
                try rows().map(numProc: 2, fingerprint: "wrong") { row -> [String: Int] in
                    if row.index == 2000 { throw Wrong() }
                    return ["x": 1]
                }
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.folder.path)
        #expect(names.filter { !$0.hasSuffix(".lock") } == ["x"])
    }

    @Test func ownFileName() throws {
        let path = folder.url.appendingPathComponent("own.arrow").path
        _ = try squares(rows(), fileName: path)
        #expect(calls.take() == 2500 && FileManager.default.fileExists(atPath: path))
        _ = try squares(rows(), fileName: path)
        #expect(calls.take() == 0)
        // Another transform under this name takes its place.
        _ = try squares(rows(), "other", fileName: path)
        #expect(calls.take() == 2500)
        #expect(throws: DatasetError.self) {
            try rows().map(numProc: 1, cacheFileName: path) { ["x": $0.index] }
        }
    }

    @Test func unwritableFolderIsNamed() throws {
        let file = try folder.file("file", "x")
        let message = message {
            _ = try withDatasetCache(DatasetCache(folder: URL(filePath: file + "/cache"))) {
                try rows().map(numProc: 1, fingerprint: "x") { ["x": $0.index] }
            }
        }
        #expect(message?.hasPrefix("can't write \(file)/cache: ") == true, "\(message ?? "")")
    }

    @Test func filtersKeepRowNumbers() throws {
        func even(_ rows: Dataset) throws -> Dataset {
            try withDatasetCache(cache) {
                try rows.filter(numProc: 2, fingerprint: "even") { row in
                    calls.add()
                    return try row["n"] as Int % 2 == 0
                }
            }
        }
        #expect(try even(rows()).numRows == 1250 && calls.take() == 2500)
        #expect(try even(rows()).column("n") == Array(stride(from: 0, to: 2500, by: 2)))
        #expect(calls.take() == 0)
        let none = try withDatasetCache(cache) {
            try rows().filter(numProc: 2, fingerprint: "none") { _ in false }
        }
        #expect(none.isEmpty)
    }

    @Test func manyAtOnce() async throws {
        let rows = try rows()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try squares(rows).numRows } }
            for try await count in group { #expect(count == 2500) }
        }
        #expect(calls.take() == 2500)
    }

    @Test func fingerprintsTellContentsApart() throws {
        #expect(Fingerprint("ab", "c") != Fingerprint("a", "bc"))
        #expect(Fingerprint(1, nil as String?) != Fingerprint(1, "none"))
        #expect("\(Fingerprint("a", 1, true, 0.5, ["x", "y"]))" == "\(Fingerprint("a", 1, true, 0.5, ["x", "y"]))")
        let first = try Dataset.from(dictionary: ["a": [1, 2], "b": ["x", nil]])
        let others = [
            try Dataset.from(dictionary: ["a": [1, 3], "b": ["x", nil]]),
            try Dataset.from(dictionary: ["a": [1, 2], "b": ["x", ""]]),
            try Dataset.from(dictionary: ["a": [1.0, 2.0], "b": ["x", nil]]),
            try Dataset.from(dictionary: ["b": ["x", nil], "a": [1, 2]]), try first.select([1, 0]), first.take(1),
            try first.renameColumn("a", to: "c"),
        ]
        #expect(Set(others.map(\.fingerprint)).union([first.fingerprint]).count == 8)
        #expect(try Dataset.from(dictionary: ["a": [1, 2], "b": ["x", nil]]).fingerprint == first.fingerprint)
    }
}
