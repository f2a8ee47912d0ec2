import Foundation
import HubTesting
import OrderedJSON
import Synchronization
import Testing

@testable import ModelHub

/// What is checked, and what is gone on with, where several processes write and locks or names say nothing.
@Suite struct SharedWritingTests {
    private static let size = 200_000

    /// A repository with one large file that was downloaded once: its content, and where it belongs.
    private func prepared() async throws -> (hub: HubServer, blob: URL, content: Data) {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "w.bin", "size": .int(Self.size), "lfs": true]])
        let file = try await hub.api().hfHubDownload("org/model", filename: "w.bin")
        let blob = file.resolvingSymlinksInPath()
        let content = try Data(contentsOf: blob)
        try FileManager.default.removeItem(at: blob)
        return (hub, blob, content)
    }

    private func ranges(_ hub: HubServer) async throws -> [String] {
        try await hub.log().compactMap { $0["range"]?.stringValue }
    }

    private func partials(beside blob: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: blob.deletingLastPathComponent().path)
            .filter { $0.hasSuffix(".incomplete") }
    }

    @Test func whatADeadProcessLeftIsGoneOnWith() async throws {
        let (hub, blob, content) = try await prepared()
        let child = Process()
        child.executableURL = URL(filePath: "/bin/true")
        try child.run()
        child.waitUntilExit()
        let left = "\(blob.path).\(child.processIdentifier).\(PartialClaim.host).1f.incomplete"
        try content.prefix(120_000).write(to: URL(filePath: left))
        try await hub.api().hfHubDownload("org/model", filename: "w.bin")
        #expect(try await ranges(hub) == ["bytes=120000-"])
        #expect(try Data(contentsOf: blob) == content)
        #expect(try partials(beside: blob).isEmpty)
    }

    @Test(arguments: ["1.HOST.1f", "77777777.another-host.1f", "0123abcd"])
    func whatAnotherWritesIsLeftAlone(name: String) async throws {
        let (hub, blob, content) = try await prepared()
        let other = "\(blob.path).\(name.replacing("HOST", with: PartialClaim.host)).incomplete"
        try content.prefix(120_000).write(to: URL(filePath: other))
        try await hub.api().hfHubDownload("org/model", filename: "w.bin")
        #expect(try await ranges(hub).isEmpty)
        #expect(try Data(contentsOf: blob) == content)
        #expect(try Data(contentsOf: URL(filePath: other)).count == 120_000)
    }

    @Test func aFailureLeavesItsPartToTheNext() async throws {
        let (hub, blob, content) = try await prepared()
        try await hub.faults(["side": "storage", "cut": 90_000, "times": -1])
        await #expect(throws: HubError.self) {
            try await hub.api(retries: 0).hfHubDownload("org/model", filename: "w.bin")
        }
        #expect(try partials(beside: blob) == [blob.lastPathComponent + ".incomplete"])
        try await hub.faults()
        try await hub.api().hfHubDownload("org/model", filename: "w.bin")
        #expect(try await ranges(hub).contains { $0 != "bytes=0-" })
        #expect(try Data(contentsOf: blob) == content)
    }

    // MARK: ETags that are no hashes

    private func plainETag(_ etag: String, _ sha: String) -> JSONValue {
        [
            "match": "/resolve/", "method": "HEAD", "status": 200, "times": -1,
            "headers": ["ETag": .string("\"\(etag)\""), "X-Repo-Commit": .string(sha), "X-Linked-Size": "5000"],
        ]
    }

    @Test(arguments: [true, false])
    func theListsHashCountsWhereTheETagIsNone(isRight: Bool) async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", [["path": "plain.txt", "size": 5000]])
        let head = plainETag("some-name", sha)
        if isRight {
            try await hub.faults(head)
            let folder = try await hub.api().snapshotDownload("org/model")
            #expect(try folder.read("plain.txt").count == 5000)
        } else {
            try await hub.faults(head, ["method": "GET", "match": "/resolve/", "corrupt": 1234, "times": -1])
            let error = await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
            guard case .wrongHash = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func anETagThatContradictsTheListIsRefused() async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", [["path": "plain.txt", "size": 5000]])
        try await hub.faults(plainETag(String(repeating: "a", count: 40), sha))
        let error = await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
        guard case .malformedAnswer = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    // MARK: Notices

    @Test func aServerThatAsksToWaitIsTold() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "a.txt", "text": "x"]])
        try await hub.faults(["match": "/tree/", "status": 429, "headers": ["Retry-After": "5"], "times": 1])
        let told = Mutex<[String]>([])
        try await hub.api().snapshotDownload("org/model") { progress in
            if let notice = progress.notice { told.withLock { $0.append(notice) } }
        }
        #expect(told.withLock { $0 } == ["127.0.0.1 asks to wait 5 seconds"])
    }

    // MARK: Tokens

    @Test func aTokenForAnotherServerIsNotHuggingFaces() throws {
        let (mirror, own) = (try HubEndpoint("https://hub.company"), try HubEndpoint("https://huggingface.co"))
        let (there, short) = (
            try #require(URL(string: "https://huggingface.co/a")), try #require(URL(string: "https://hf.co/a"))
        )
        #expect(mirror.isHub(there) && !mirror.trusts(there))
        #expect(own.trusts(there) && own.trusts(short))
        #expect(mirror.trusts(try #require(URL(string: "https://hub.company/x"))))
        #expect(!own.isHub(try #require(URL(string: "https://hub.company/x"))))
    }
}
