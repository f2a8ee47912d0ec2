import Foundation
import HubTesting
import OrderedJSON
import Synchronization
import Testing

@testable import ModelHub

/// What goes wrong on the way.
@Suite struct ConnectionTests {
    private static let size = 300_000

    private func hub() async throws -> HubServer {
        let hub = try await HubServer.fresh()
        try await hub.repository(
            "org/model",
            [["path": "weights.bin", "size": .int(Self.size), "lfs": true], ["path": "plain.txt", "size": 150_000]])
        return hub
    }

    private func isComplete(_ hub: HubServer, _ folder: URL) throws {
        let weights = try folder.read("weights.bin")
        #expect(weights.count == Self.size)
        let blobs = try FileManager.default.contentsOfDirectory(atPath: hub.cache + "/models--org--model/blobs")
        #expect(!blobs.contains { $0.hasSuffix(".incomplete") })
    }

    @Test(arguments: ["hub", "storage"], [0, 1, 17, 40_000])
    func brokenConnectionsAreGoneOnWith(side: String, bytes: Int) async throws {
        let hub = try await hub()
        try await hub.faults(["side": .string(side), "method": "GET", "cut": .int(bytes), "times": 4, "match": "/"])
        try isComplete(hub, try await hub.api().snapshotDownload("org/model"))
    }

    @Test func aResumedReadAsksForTheRestAlone() async throws {
        let hub = try await hub()
        try await hub.faults(["side": "storage", "cut": 100_000, "times": 1])
        try isComplete(hub, try await hub.api().snapshotDownload("org/model"))
        let ranges = try await hub.log().filter { $0["side"] == "storage" }.compactMap { $0["range"]?.stringValue }
        let start = try #require(ranges.first.flatMap { Int($0.dropFirst(6).dropLast()) })
        #expect(start > 0 && start <= 100_000)
    }

    @Test func aServerWithoutRangesBeginsAgain() async throws {
        let hub = try await hub()
        try await hub.faults(
            ["side": "storage", "cut": 100_000, "times": 1], ["side": "storage", "ignoreRange": true, "times": 1])
        try isComplete(hub, try await hub.api().snapshotDownload("org/model"))
    }

    /// A page of a proxy, say: what is there of the file is right, and stays.
    @Test func aPageInPlaceOfTheRestLosesNothing() async throws {
        let hub = try await hub()
        try await hub.faults(["side": "storage", "cut": 100_000, "times": 1])
        let impatient = try hub.api(retries: 0)
        await #expect(throws: HubError.self) {
            try await impatient.hfHubDownload("org/model", filename: "weights.bin")
        }
        func partial() throws -> (name: String, size: Int)? {
            let blobs = URL(filePath: hub.cache).appending(path: "models--org--model/blobs")
            let name = try FileManager.default.contentsOfDirectory(atPath: blobs.path).first {
                $0.hasSuffix(".incomplete")
            }
            return try name.map { ($0, try Data(contentsOf: blobs.appending(path: $0)).count) }
        }
        let there = try #require(try partial())
        #expect(there.size > 0)
        try await hub.faults(["side": "storage", "status": 200, "body": "<html>busy</html>", "times": 1])
        let error = await #expect(throws: HubError.self) {
            try await impatient.hfHubDownload("org/model", filename: "weights.bin")
        }
        guard case .malformedAnswer = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(try #require(try partial()) == there)
        try await impatient.snapshotDownload("org/model")
        let ranges = try await hub.log().compactMap { $0["range"]?.stringValue }
        #expect(ranges == ["bytes=\(there.size)-", "bytes=\(there.size)-"])
    }

    @Test func aWrongPartIsRefused() async throws {
        let hub = try await hub()
        try await hub.faults(
            ["side": "storage", "cut": 100_000, "times": 1], ["side": "storage", "shiftRange": 5, "times": 1])
        await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func passingErrorsAreTriedAgain(status: Int) async throws {
        let hub = try await hub()
        try await hub.faults(
            ["side": "storage", "status": .int(status), "times": 2],
            ["status": .int(status), "match": "tree", "times": 2],
            ["status": .int(status), "match": "resolve", "times": 2])
        try isComplete(hub, try await hub.api().snapshotDownload("org/model"))
    }

    @Test func theServersOwnWaitIsKept() async throws {
        let hub = try await hub()
        try await hub.faults(["status": 429, "match": "tree", "times": 1, "headers": ["Retry-After": "1"]])
        let clock = ContinuousClock()
        let time = try await clock.measure { try await hub.api().snapshotDownload("org/model") }
        #expect(time >= .seconds(1))
    }

    @Test func lastingErrorsEnd() async throws {
        let hub = try await hub()
        try await hub.faults(["status": 503, "times": -1, "body": "down"])
        await #expect(throws: HubError.self) { try await hub.api(retries: 2).snapshotDownload("org/model") }
        #expect(try await hub.count { _ in true } == 3)
    }

    @Test func silenceEnds() async throws {
        let hub = try await hub()
        try await hub.faults(["side": "storage", "stall": 20, "after": 1000, "times": 1])
        let api = try hub.api(["HF_HUB_DOWNLOAD_TIMEOUT": "1"])
        let time = try await ContinuousClock().measure {
            try isComplete(hub, try await api.snapshotDownload("org/model"))
        }
        #expect(time < .seconds(18))
    }

    @Test func signaturesThatRunOutAreRenewed() async throws {
        let hub = try await hub()
        try await hub.faults(
            ["side": "storage", "cut": 100_000, "times": 1], ["side": "storage", "status": 403, "times": 1])
        try isComplete(hub, try await hub.api().snapshotDownload("org/model"))
    }

    @Test func noServerAtAll() async throws {
        let hub = try await hub()
        let api = try hub.api(retries: 1, endpoint: "http://127.0.0.1:1")
        let error = await #expect(throws: HubError.self) { try await api.snapshotDownload("org/model") }
        guard case .connection = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func cancellingEndsAtOnce() async throws {
        let hub = try await hub()
        try await hub.faults(["side": "storage", "step": 1000, "pause": 0.05, "times": -1])
        let api = try hub.api()
        let task = Task { try await api.snapshotDownload("org/model") }
        try await Task.sleep(for: .milliseconds(600))
        task.cancel()
        let clock = ContinuousClock()
        let time = await clock.measure { _ = await task.result }
        #expect(time < .seconds(3))
        guard case .failure(let error) = await task.result else { return #expect(Bool(false)) }
        #expect(error is CancellationError)
        try await hub.faults()
        try isComplete(hub, try await api.snapshotDownload("org/model"))
    }

    @Test func downloadsAreBounded() async throws {
        let hub = try await HubServer.fresh()
        let files: [JSONValue] = (0..<24).map { ["path": .string("f\($0)"), "size": 2000] }
        try await hub.repository("org/model", files)
        try await hub.faults(["match": "resolve", "step": 500, "pause": 0.02, "times": -1])
        try await hub.api().snapshotDownload("org/model", maxWorkers: 3)
        let most = try await hub.control("log")["mostInFlight"]?.intValue ?? 0
        #expect((2...3).contains(most))
    }

    /// What a handler is told, and notices of waits, come one at a time.
    @Test func handlersAreCalledOneAtATime() async throws {
        let state = Mutex((inside: 0, most: 0, calls: 0))
        let handler: TransferProgressHandler = { _ in
            state.withLock { state in
                state.inside += 1
                state.most = max(state.most, state.inside)
                state.calls += 1
            }
            usleep(1000)
            state.withLock { $0.inside -= 1 }
        }
        await HubNotice.told(to: handler) { progress in
            let tally = TransferTally(files: 8, bytes: 0, progress)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        tally.finishFile()
                        HubNotice.tell("waiting")
                    }
                }
            }
        }
        #expect(state.withLock { $0.most == 1 && $0.calls == 16 })
    }
}
