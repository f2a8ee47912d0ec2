import Foundation
import HubTesting
import OrderedJSON
import Synchronization
import Testing

@testable import ModelHub

@Suite struct SecurityTests {
    // MARK: Names

    @Test(arguments: [
        "../evil", "a/../../evil", "/etc/passwd", "a//b", "a/./b", "..", ".", "", "a\\b", "\\\\host\\share", "C:evil",
        "a/C:/b", "nul\u{0}x", "line\nbreak", "a/", String(repeating: "a", count: 300),
    ])
    func namesThatLeaveTheFolderAreRefused(name: String) throws {
        #expect(throws: HubError.unsafeName(name)) { try RepositoryPath(name) }
    }

    @Test(arguments: ["a", "a/b.txt", "ünï/cödé", "a b", "...", "..a", "a..", "C", "ab:c"])
    func otherNamesAreNot(name: String) throws { #expect(try RepositoryPath(name).description == name) }

    @Test(arguments: ["../evil", "/abs", "a\\..\\b"])
    func aHostileListWritesNothing(name: String) async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "ok.txt", "text": "x"]])
        let entry: JSONValue = [
            ["type": "file", "oid": .string(String(repeating: "a", count: 40)), "size": 1, "path": .string(name)]
        ]
        try await hub.faults(["match": "/tree/", "status": 200, "body": .string(entry.serialized()), "times": -1])
        await #expect(throws: HubError.unsafeName(name)) { try await hub.api().snapshotDownload("org/model") }
        #expect(try await hub.count { $0["path"]?.stringValue?.contains("resolve") == true } == 0)
    }

    @Test func aLinkInTheWayIsNotFollowed() async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", [["path": "sub/file.txt", "text": "x"]])
        let outside = hub.folder.appending(path: "outside")
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        let snapshot = hub.cache + "/models--org--model/snapshots/\(sha)"
        try FileManager.default.createDirectory(atPath: snapshot, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: snapshot + "/sub", withDestinationPath: outside.path)
        await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
    }

    @Test(arguments: ["\"../../evil\"", "\"a/b\"", "\"\"", "\"..\"", "\".hidden\"", "\"a b\""])
    func hostileETagsAreRefused(etag: String) async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", [["path": "f", "text": "x"]])
        try await hub.faults([
            "match": "/resolve/", "method": "HEAD", "status": 200, "times": -1,
            "headers": ["ETag": .string(etag), "X-Repo-Commit": .string(sha)],
        ])
        await #expect(throws: HubError.self) { try await hub.api().hfHubDownload("org/model", filename: "f") }
    }

    @Test(arguments: ["../../evil", "main", "AAAA"])
    func hostileCommitsAreRefused(commit: String) async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "f", "text": "x"]])
        try await hub.faults([
            "match": "/resolve/", "method": "HEAD", "status": 200, "times": -1,
            "headers": ["ETag": "\"abc\"", "X-Repo-Commit": .string(commit)],
        ])
        await #expect(throws: HubError.self) { try await hub.api().hfHubDownload("org/model", filename: "f") }
    }

    // MARK: Content

    @Test(arguments: ["weights.bin", "plain.txt"])
    func aWrongHashIsRefused(file: String) async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository(
            "org/model", [["path": "weights.bin", "size": 5000, "lfs": true], ["path": "plain.txt", "size": 5000]])
        try await hub.faults(["method": "GET", "corrupt": 1234, "times": -1])
        let api = try hub.api()
        let error = await #expect(throws: HubError.self) {
            try await api.hfHubDownload("org/model", filename: file)
        }
        guard case .wrongHash = error else { return #expect(Bool(false), "\(String(describing: error))") }
        let folder = hub.cache + "/models--org--model/"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "blobs").isEmpty)
        try await hub.faults()
        try await api.hfHubDownload("org/model", filename: file)
    }

    @Test func wrongBytesOfAnEarlierTryAreReadAgain() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "weights.bin", "size": 5000, "lfs": true]])
        let api = try hub.api()
        let file = try await api.hfHubDownload("org/model", filename: "weights.bin")
        let good = try Data(contentsOf: file)
        let blob = file.resolvingSymlinksInPath()
        try FileManager.default.moveItem(atPath: blob.path, toPath: blob.path + ".incomplete")
        try Data(repeating: 7, count: 3000).write(to: URL(filePath: blob.path + ".incomplete"))
        let again = try await api.hfHubDownload("org/model", filename: "weights.bin")
        #expect(try Data(contentsOf: again) == good)
    }

    @Test func moreThanPromisedIsRefused() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "plain.txt", "size": 5000]])
        try await hub.faults(["method": "GET", "extra": 100, "times": -1])
        let error = await #expect(throws: HubError.self) {
            try await hub.api().hfHubDownload("org/model", filename: "plain.txt")
        }
        guard case .wrongSize = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    // MARK: Answers

    @Test(arguments: [
        "", "{", "[1]", "\"text\"", "{\"sha\": 5}", "{\"sha\": \"../..\"}", "null",
        String(repeating: "[", count: 5000),
    ])
    func hostileAnswersAreErrors(body: String) async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "f", "text": "x"]])
        try await hub.faults(["match": "/api/", "status": 200, "body": .string(body), "times": -1])
        await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
    }

    @Test(arguments: [
        "{}", "[{}]", "[{\"type\": \"file\"}]", "[{\"type\": \"file\", \"path\": \"a\", \"size\": -1, \"oid\": \"a\"}]",
        "[{\"type\":\"file\",\"path\":\"a\",\"size\":1,\"oid\":\"a\",\"lfs\":{\"oid\":\"zz\",\"size\":1}}]",
        "[{\"type\":\"file\",\"path\":\"a\",\"size\":1e400,\"oid\":\"a\"}]",
    ])
    func hostileListsAreErrors(body: String) async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "f", "text": "x"]])
        try await hub.faults(["match": "/tree/", "status": 200, "body": .string(body), "times": -1])
        await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
    }

    @Test func longAnswersAreRefused() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "f", "text": "x"]])
        try await hub.faults(["match": "/api/", "status": 200, "bodySize": .int(65 << 20), "times": -1])
        let error = await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model") }
        guard case .tooLarge = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func pagesElsewhereAreRefused() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "f", "text": "x"]])
        for next in ["\(hub.storage)/x", "file:///etc/passwd", "http://user@127.0.0.1/"] {
            try await hub.faults([
                "match": "/tree/", "status": 200, "body": "[]", "times": -1,
                "headers": ["Link": .string("<\(next)>; rel=\"next\"")],
            ])
            await #expect(throws: HubError.self) { try await hub.api().listRepoTree("org/model") }
        }
    }

    // MARK: The token

    @Test func theTokenGoesToTheHubAlone() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/private", Sample.files, ["private": true])
        try await hub.api(token: "hf_good").snapshotDownload("org/private")
        let log = try await hub.log()
        #expect(log.contains { $0["side"] == "storage" })
        for request in log {
            let expected: JSONValue = request["side"] == "hub" ? "Bearer hf_good" : nil
            #expect(request["authorization"] == expected)
        }
    }

    @Test func theTokenFollowsNoRedirectToAnotherServer() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "f", "text": "x"]])
        for match in ["/api/models/org/model/revision", "/tree/"] {
            try await hub.faults([
                "match": .string(match), "status": 307, "times": -1,
                "headers": ["Location": .string("\(hub.storage)/objects/x?Signature=1")],
            ])
            await #expect(throws: HubError.self) {
                try await hub.api(token: "hf_good").snapshotDownload("org/model", revision: "main")
            }
        }
        #expect(try await hub.count { $0["side"] == "storage" } == 2)
        #expect(try await hub.count { $0["side"] == "storage" && $0["authorization"] != .null } == 0)
    }

    @Test func theTokenIsInNoMessage() async throws {
        let hub = try await HubServer.fresh()
        let secret = "hf_verysecretvalue"
        try await hub.faults([
            "status": 400, "times": -1, "headers": ["X-Error-Message": .string("bad token \(secret)")],
        ])
        let api = try hub.api(token: .value(secret))
        let error = await #expect(throws: HubError.self) { try await api.snapshotDownload("org/model") }
        let withVariables = try HfApi(environment: HubEnvironment(["HF_TOKEN": secret]))
        var texts = ["\(withVariables)", String(reflecting: withVariables), "\(withVariables.environment)"]
        dump(withVariables, to: &texts[0])
        texts += ["\(String(describing: error))", "\(api)", String(reflecting: api), "\(HubToken.value(secret))"]
        for text in texts { #expect(!text.contains(secret)) }
        var dumped = ""
        dump(api, to: &dumped)
        #expect(!dumped.contains(secret))
        #expect("\(try #require(error))".contains("<token>"))
    }

    @Test func theTokenIsInNoFile() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/private", Sample.files, ["private": true])
        try await hub.api(token: "hf_good").snapshotDownload("org/private")
        for name in try FileManager.default.subpathsOfDirectory(atPath: hub.folder.path) {
            guard let data = FileManager.default.contents(atPath: hub.folder.path + "/" + name) else { continue }
            #expect(data.range(of: Data("hf_good".utf8)) == nil)
        }
    }

    @Test(arguments: ["hf bad", "hf\r\nX-Evil: 1", "hf\u{1}", "hf_é"])
    func malformedTokensAreRefused(token: String) throws {
        #expect(throws: HubError.malformedToken) { try HfApi(token: .value(token + "x")) }
    }

    @Test func redirectsFromHTTPSAreNotDowngraded() async throws {
        let transport = ScriptedTransport { _ in (307, ["location": "http://huggingface.co/api/models/a"]) }
        let api = try HfApi(
            endpoint: "https://huggingface.co", token: "hf_good", cacheDir: "/nonexistent",
            environment: HubEnvironment([:]), transport: transport, retries: .none)
        let error = await #expect(throws: HubError.self) { try await api.repoInfo("a/b") }
        guard case .redirect = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.requests.withLock { $0.count } == 1)
    }

    @Test func redirectsWithoutEndEnd() async throws {
        let transport = ScriptedTransport { _ in (302, ["location": "/loop"]) }
        let api = try HfApi(
            endpoint: "https://huggingface.co", token: .none, cacheDir: "/nonexistent",
            environment: HubEnvironment([:]), transport: transport, retries: .none)
        await #expect(throws: HubError.self) { try await api.repoInfo("a/b") }
        #expect(transport.requests.withLock { $0.count } == 11)
    }
}

/// Answers from a closure.
final class ScriptedTransport: HubTransport {
    let requests = Mutex<[HubRequest]>([])
    private let answer: @Sendable (HubRequest) -> (Int, [String: String])

    init(_ answer: @escaping @Sendable (HubRequest) -> (Int, [String: String])) { self.answer = answer }

    func send(_ request: HubRequest, to receiver: any HubResponseReceiver) async throws {
        requests.withLock { $0.append(request) }
        let (status, fields) = answer(request)
        try receiver.receive(HubResponseHead(status: status, url: request.url, fields: fields))
    }
}
