public import Foundation

/// Talks to the Hugging Face Hub, and keeps what it downloads in the cache that Python's `huggingface_hub` has too.
///
/// ```swift
/// let api = HfApi()
/// let folder = try await api.snapshotDownload("org/name")
/// ```
/// A value and its copies share connections, which end with the last of them. Where arguments are left out, the environment's variables count, by
/// Python's names (`HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_CACHE`, `HF_HUB_OFFLINE`, …).
public struct HfApi: Sendable {
    public let environment: HubEnvironment
    /// The folder of repositories.
    public let cacheDir: URL
    /// Whether nothing is asked of the network.
    public let isOffline: Bool
    let client: HubClient

    /// - Parameters:
    ///   - endpoint: The server; nil for `HF_ENDPOINT`, or huggingface.co.
    ///   - token: The access token; by default the environment's.
    ///   - cacheDir: The folder of repositories; nil for `HF_HUB_CACHE`.
    ///   - environment: Variables to go by.
    /// - Throws: ``HubError`` for an endpoint that is no address, a token that is required and not there, or malformed.
    public init(
        endpoint: String? = nil, token: HubToken = .implicit, cacheDir: String? = nil,
        environment: HubEnvironment = .current
    ) throws {
        try self.init(
            endpoint: endpoint, token: token, cacheDir: cacheDir, environment: environment,
            transport: URLSessionTransport(), retries: RetryPolicy())
    }

    init(
        endpoint: String?, token: HubToken, cacheDir: String?, environment: HubEnvironment,
        transport: any HubTransport, retries: RetryPolicy
    ) throws {
        self.environment = environment
        self.cacheDir =
            URL(filePath: cacheDir ?? environment.cacheFolder, directoryHint: .isDirectory).absoluteURL
            .standardizedFileURL
        isOffline = environment.isOffline
        client = HubClient(
            endpoint: try HubEndpoint(endpoint ?? environment.endpoint), secret: try environment.secret(token),
            transport: transport, retries: retries,
            userAgent: "swift-trainer; swift/6" + (environment.userAgentOrigin.map { "; origin/\($0)" } ?? ""))
    }

    /// - Throws: ``HubError/offline(_:)``.
    func requireNetwork(_ what: String) throws(HubError) {
        if isOffline { throw .offline(what) }
    }
}
