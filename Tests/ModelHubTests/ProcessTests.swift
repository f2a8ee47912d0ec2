import Foundation
import HubTesting
import OrderedJSON
import Synchronization
import Testing

@testable import ModelHub

/// Processes that are killed, and several at once.
@Suite struct ProcessTests {
    private static let size = 400_000

    /// A process that downloads, and is killed by SIGKILL when so many bytes have come.
    private func killed(at bytes: Int, _ endpoint: String, _ cache: String) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [bytes, endpoint, cache] in
            let api = try HfApi(endpoint: endpoint, token: .none, cacheDir: cache, environment: HubEnvironment([:]))
            try await api.snapshotDownload("org/model", maxWorkers: 1) { progress in
                if progress.bytesDone >= bytes { kill(getpid(), SIGKILL) }
            }
        }
    }

    @Test func aKilledDownloadGoesOn() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "weights.bin", "size": .int(Self.size), "lfs": true]])
        // Each process gets a little further, and ends at another byte.
        for bytes in [0, 1, 1000, 60_001, 123_456, 200_000, 399_999, Self.size] {
            await killed(at: bytes, hub.endpoint, hub.cache)
        }
        let ranges = try await hub.log().filter { $0["side"] == "storage" }.map { $0["range"]?.stringValue ?? "" }
        #expect(ranges.last != "")
        let folder = try await hub.api().snapshotDownload("org/model")
        #expect(try folder.read("weights.bin").count == Self.size)
        let blob = try #require(
            try FileManager.default.contentsOfDirectory(atPath: hub.cache + "/models--org--model/blobs").first)
        #expect(try ContentHash.of(hub.cache + "/models--org--model/blobs/" + blob, .sha256) == blob)
    }

    @Test func manyAtOnceReadTheContentOnce() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        try await hub.faults(["side": "storage", "step": 30_000, "pause": 0.02, "times": -1])
        try await withThrowingTaskGroup(of: URL.self) { group in
            for _ in 0..<4 { group.addTask { try await hub.api().snapshotDownload("org/model") } }
            for try await folder in group { #expect(try folder.read("model.safetensors").count == 300_000) }
        }
        #expect(try await hub.count { $0["side"] == "storage" } == 1)
    }

    @Test func anotherProcessesLockIsWaitedFor() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "weights.bin", "size": 5000, "lfs": true]])
        let api = try hub.api()
        let file = try await api.hfHubDownload("org/model", filename: "weights.bin")
        let etag = file.resolvingSymlinksInPath().lastPathComponent
        try FileManager.default.removeItem(atPath: hub.cache + "/models--org--model")
        let lock = hub.cache + "/.locks/models--org--model/\(etag).lock"
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/env")
        holder.arguments = [
            "python3", "-c",
            "import fcntl,sys,time\nf=open(sys.argv[1],'a')\nfcntl.flock(f,fcntl.LOCK_EX)\nprint('held',flush=True)\ntime.sleep(1.5)",
            lock,
        ]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        _ = output.fileHandleForReading.availableData
        let clock = ContinuousClock()
        let time = try await clock.measure { try await api.hfHubDownload("org/model", filename: "weights.bin") }
        #expect(time > .milliseconds(700))
        holder.waitUntilExit()
    }
}

final class LastProgress: Sendable {
    private let state = Mutex(TransferProgress())
    func set(_ progress: TransferProgress) { state.withLock { $0 = progress } }
    var value: TransferProgress { state.withLock { $0 } }
}
