import Datasets
import Foundation
import Testing

/// Caches that several processes use, and that run out of room.
@Suite struct CacheProcessTests {
    private static let text = "n,text\n" + (0..<20_000).map { "\($0),text \($0)\n" }.joined()

    private static func load(_ path: String, _ cache: String) throws -> Dataset {
        let loading = LoadOptions(keepInMemory: false, cacheDir: cache)
        let rows = try loadDataset(csv: path, loading: loading)["train"]
        return try withDatasetCache(DatasetCache(folder: URL(filePath: cache))) {
            try rows.map(numProc: 2, fingerprint: "twice") { row in ["twice": 2 * (try row["n"] as Int)] }
        }
    }

    private static func isRight(_ rows: Dataset) throws -> Bool {
        try rows.numRows == 20_000 && rows.column("twice") == (0..<20_000).map { 2 * $0 }
            && rows.column("text") == (0..<20_000).map { "text \($0)" }
    }

    private static func process(_ number: Int, _ path: String, _ cache: String) async {
        await #expect(processExitsWith: .success) { [number, path, cache] in
            // Both begin at once.
            try Data().write(to: URL(filePath: "\(path).\(number)"))
            while !FileManager.default.fileExists(atPath: "\(path).\(1 - number)") { usleep(100) }
            let rows = try Self.load(path, cache)
            guard try Self.isRight(rows) else { exit(3) }
        }
    }

    @Test func twoProcessesMakeOneEntry() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("rows.csv", Self.text)
        let cache = folder.url.appendingPathComponent("cache").path
        async let first: Void = Self.process(0, path, cache)
        async let second: Void = Self.process(1, path, cache)
        _ = await (first, second)
        // What was converted, and what was mapped.
        for place in [cache, cache + "/swift"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: place)
            #expect(names.count { $0.hasSuffix(".arrow") } == 1, "\(names)")
            #expect(!names.contains { $0.hasSuffix(".tmp") })
        }
        #expect(try Self.isRight(try Self.load(path, cache)))
    }

    @Test func aFullDiskLeavesNothingBehind() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("rows.csv", Self.text)
        let cache = folder.url.appendingPathComponent("cache").path
        await #expect(processExitsWith: .success) { [path = path as String, cache = cache as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            #if canImport(Darwin)
                let size = RLIMIT_FSIZE
            #else
                let size = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
            #endif
            getrlimit(size, &limit)
            let whole = limit.rlim_cur
            limit.rlim_cur = 50_000
            setrlimit(size, &limit)
            guard let text = message(of: { _ = try Self.load(path, cache) }) else { exit(3) }
            guard text.hasPrefix("can't write \(cache)/swift/cache-"), !text.contains("\n") else { exit(4) }
            let names = try FileManager.default.contentsOfDirectory(atPath: cache + "/swift")
            guard names.allSatisfy({ $0.hasSuffix(".lock") }) else { exit(5) }
            limit.rlim_cur = whole
            setrlimit(size, &limit)
            guard try Self.isRight(try Self.load(path, cache)) else { exit(6) }
        }
    }
}
