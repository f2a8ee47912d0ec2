import Foundation
import OrderedJSON
import Synchronization
import Testing

@testable import ModelHub

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A Hub of one test's own: `scripts/support/hub_server.py` on loopback. Ends with the value.
final class TestHub: Sendable {
    let endpoint: String
    let storage: String
    /// A cache of the test's own.
    let folder: URL
    private let process: Process
    private let input: Pipe

    static let token = "hf_good"

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        input = Pipe()
        let output = Pipe()
        let script = URL(filePath: #filePath).appending(path: "../../../../scripts/support/hub_server.py").standardized
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            line += piece
        }
        let ports = try JSONValue(parsing: line)
        endpoint = "http://127.0.0.1:\(try #require(ports["hub"]?.intValue))"
        storage = "http://localhost:\(try #require(ports["storage"]?.intValue))"
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    var cache: String { folder.appending(path: "cache").path }

    func api(
        _ variables: [String: String] = [:], token: HubToken = .none, cache: String? = nil, retries: Int = 5,
        endpoint: String? = nil
    ) throws -> HfApi {
        var policy = RetryPolicy()
        policy.retries = retries
        policy.firstWait = .milliseconds(5)
        policy.longestWait = .milliseconds(20)
        var environment = ["HOME": folder.path, "HF_HUB_DOWNLOAD_TIMEOUT": "2", "HF_HUB_ETAG_TIMEOUT": "2"]
        environment.merge(variables) { $1 }
        return try HfApi(
            endpoint: endpoint ?? self.endpoint, token: token, cacheDir: cache ?? self.cache,
            environment: HubEnvironment(environment), transport: URLSessionTransport(), retries: policy)
    }

    // MARK: Control

    @discardableResult
    func control(_ verb: String, _ value: JSONValue? = nil) async throws -> JSONValue {
        let client = try api(retries: 0).client
        let url = try #require(URL(string: "\(endpoint)/_test/\(verb)"))
        guard let value else { return try await client.json(url, about: nil, timeout: 30).0 }
        return try await client.post(value, to: url, about: nil, timeout: 30, persistently: false)
    }

    /// Makes a repository, or a commit in it.
    @discardableResult
    func repository(_ id: String, _ files: [JSONValue], _ more: JSONObject = [:]) async throws -> String {
        var object = more
        object["id"] = .string(id)
        object["files"] = .array(files)
        return try #require(try await control("repository", .object(object))["sha"]?.stringValue)
    }

    func faults(_ faults: JSONValue...) async throws { try await control("faults", ["faults": .array(faults)]) }

    /// The requests so far.
    func log() async throws -> [JSONValue] { try await control("log")["requests"]?.arrayValue ?? [] }

    func count(_ match: (JSONValue) -> Bool) async throws -> Int { try await log().filter(match).count }
}

/// A small model repository: files in git and in LFS, in folders too.
enum Sample {
    static let files: [JSONValue] = [
        ["path": "config.json", "text": "{\"model_type\": \"bert\"}"],
        ["path": "model.safetensors", "size": 300_000, "lfs": true],
        ["path": "tokenizer/vocab.txt", "text": "[PAD]\n[UNK]\n"],
        ["path": "empty.txt", "text": ""],
        ["path": "Über/ein Name.txt", "text": "x"],
    ]
}

extension URL {
    func read(_ name: String) throws -> Data { try Data(contentsOf: appending(path: name)) }
}
