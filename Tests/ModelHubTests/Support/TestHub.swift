import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import ModelHub

extension HubServer {
    /// A server that knows nothing yet.
    static func fresh() async throws -> HubServer { try await HubServer().reset() }

    /// The Hub's client with a cache of the test's own, and without patience.
    func api(
        _ variables: [String: String] = [:], token: HubToken = .none, cache: String? = nil, retries: Int = 5,
        endpoint: String? = nil
    ) throws -> HfApi {
        var policy = RetryPolicy()
        policy.retries = retries
        policy.firstWait = .milliseconds(5)
        policy.longestWait = .milliseconds(20)
        var environment = ["HOME": folder.path, "HF_HUB_DOWNLOAD_TIMEOUT": "10", "HF_HUB_ETAG_TIMEOUT": "10"]
        environment.merge(variables) { $1 }
        return try HfApi(
            endpoint: endpoint ?? self.endpoint, token: token, cacheDir: cache ?? self.cache,
            environment: HubEnvironment(environment), transport: URLSessionTransport(), retries: policy)
    }
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
