package import Foundation
package import OrderedJSON
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A Hub of one test's own: `scripts/support/hub_server.py` on loopback, and a folder for its cache. The server's process is
/// used again by later tests, the folder deleted.
package final class HubServer: Sendable {
    private static let idle = Mutex<[HubProcess]>([])
    private let process: HubProcess
    /// For the test's files.
    package let folder: URL

    /// The token that the server takes.
    package static let token = "hf_good"

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = try Self.idle.withLock { $0.popLast() } ?? HubProcess()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
        let process = process
        Self.idle.withLock { $0.append(process) }
    }

    /// The Hub's address.
    package var endpoint: String { process.endpoint }
    /// That of the storage server: another host.
    package var storage: String { process.storage }
    package var cache: String { folder.appending(path: "cache").path }

    /// Asks for what tests alone may ask for.
    @discardableResult
    package func control(_ verb: String, _ value: JSONValue? = nil) async throws -> JSONValue {
        guard let url = URL(string: "\(endpoint)/_test/\(verb)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        if let value {
            request.httpMethod = "POST"
            request.httpBody = Data(value.serializedBytes())
        }
        let (data, _) = try await URLSession.shared.data(for: request)
        return try JSONValue(parsing: data)
    }

    /// Forgets what earlier tests did; to be called first.
    package func reset() async throws -> HubServer {
        try await control("reset", [:])
        return self
    }

    /// Makes a repository, or a commit in it.
    ///
    /// - Returns: The commit.
    @discardableResult
    package func repository(_ id: String, _ files: [JSONValue], _ more: JSONObject = [:]) async throws -> String {
        var object = more
        object["id"] = .string(id)
        object["files"] = .array(files)
        return try await control("repository", .object(object))["sha"]?.stringValue ?? ""
    }

    /// A repository with the files of a folder.
    @discardableResult
    package func repository(_ id: String, folder: URL, _ more: JSONObject = [:]) async throws -> String {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        let files = names.compactMap { name -> JSONValue? in
            guard let data = try? Data(contentsOf: folder.appending(path: name)) else { return nil }
            let isLarge = name.hasSuffix(".safetensors") || name.hasSuffix(".bin")
            return ["path": .string(name), "base64": .string(data.base64EncodedString()), "lfs": .bool(isLarge)]
        }
        return try await repository(id, files, more)
    }

    /// Sets what goes wrong from now on.
    package func faults(_ faults: JSONValue...) async throws { try await control("faults", ["faults": .array(faults)]) }

    /// The requests so far.
    package func log() async throws -> [JSONValue] { try await control("log")["requests"]?.arrayValue ?? [] }

    package func count(_ match: (JSONValue) -> Bool) async throws -> Int { try await log().filter(match).count }
}

/// The server's process; it ends with the tests'.
private final class HubProcess: Sendable {
    let endpoint: String
    let storage: String
    private let process: Process
    private let input: Pipe

    init() throws {
        process = Process()
        input = Pipe()
        let output = Pipe()
        let script = URL(filePath: #filePath).appending(path: "../../../scripts/support/hub_server.py").standardized
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
        endpoint = "http://127.0.0.1:\(ports["hub"]?.intValue ?? 0)"
        storage = "http://localhost:\(ports["storage"]?.intValue ?? 0)"
    }
}
