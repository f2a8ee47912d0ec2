import Foundation

/// What the environment says about the Hub, by `huggingface_hub`'s variables.
/// It holds secrets, so that neither its description nor its mirror tells what it holds.
public struct HubEnvironment: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let variables: [String: String]
    /// The person's home folder, for `~`.
    private let home: String

    /// The process's environment, as it is now.
    public static var current: HubEnvironment { HubEnvironment(ProcessInfo.processInfo.environment) }

    public init(_ variables: [String: String]) {
        // As in a shell, an empty one means nothing.
        self.variables = variables.filter { !$0.value.isEmpty }
        home = variables["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    }

    public var description: String { "HubEnvironment" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The server; `HF_ENDPOINT`.
    public var endpoint: String {
        var endpoint = variables["HF_ENDPOINT"] ?? Self.standardEndpoint
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        return endpoint
    }

    public static let standardEndpoint = "https://huggingface.co"

    /// The folder of all that is Hugging Face's: `HF_HOME`, or `huggingface` in `XDG_CACHE_HOME` or `~/.cache`.
    public var homeFolder: String {
        if let own = variables["HF_HOME"] { return expanded(own) }
        return expanded((variables["XDG_CACHE_HOME"] ?? home + "/.cache") + "/huggingface")
    }

    /// The folder of repositories: `HF_HUB_CACHE`, or `HUGGINGFACE_HUB_CACHE` of earlier releases, or `hub` in
    /// ``homeFolder``.
    public var cacheFolder: String {
        expanded(variables["HF_HUB_CACHE"] ?? variables["HUGGINGFACE_HUB_CACHE"] ?? homeFolder + "/hub")
    }

    /// Whether nothing may be asked of the network: `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`.
    public var isOffline: Bool {
        let own = variables["HF_HUB_OFFLINE"].flatMap { $0.isEmpty ? nil : $0 }
        return Self.isTrue(own ?? variables["TRANSFORMERS_OFFLINE"])
    }

    /// Seconds to wait for what is known about a file: `HF_HUB_ETAG_TIMEOUT`, 10.
    public var etagTimeout: Int { positive("HF_HUB_ETAG_TIMEOUT") ?? 10 }

    /// Seconds without a byte after which a connection is given up: `HF_HUB_DOWNLOAD_TIMEOUT`, 10.
    public var downloadTimeout: Int { positive("HF_HUB_DOWNLOAD_TIMEOUT") ?? 10 }

    /// Whether progress bars are not wanted: `HF_HUB_DISABLE_PROGRESS_BARS`.
    public var disablesProgressBars: Bool { Self.isTrue(variables["HF_HUB_DISABLE_PROGRESS_BARS"]) }

    /// Whether snapshots hold copies of files instead of links: `HF_HUB_DISABLE_SYMLINKS`.
    var disablesSymlinks: Bool { Self.isTrue(variables["HF_HUB_DISABLE_SYMLINKS"]) }

    /// What is added to the user agent: `HF_HUB_USER_AGENT_ORIGIN`.
    var userAgentOrigin: String? { variables["HF_HUB_USER_AGENT_ORIGIN"] }

    /// The token to send.
    ///
    /// - Throws: ``HubError/noToken`` where one is required and there is none; ``HubError/malformedToken``.
    func secret(_ token: HubToken) throws(HubError) -> Secret? {
        switch token {
        case .none: return nil
        case .value(let value): return try Secret(Self.clean(value) ?? "")
        case .implicit:
            if Self.isTrue(variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"]) { return nil }
            return try storedToken.map { value throws(HubError) in try Secret(value) }
        case .required:
            guard let storedToken else { throw .noToken }
            return try Secret(storedToken)
        }
    }

    /// `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, or the file that a login leaves.
    private var storedToken: String? {
        let own = variables["HF_TOKEN"].flatMap { $0.isEmpty ? nil : $0 } ?? variables["HUGGING_FACE_HUB_TOKEN"]
        if let own = Self.clean(own) { return own }
        let file = expanded(variables["HF_TOKEN_PATH"] ?? homeFolder + "/token")
        guard let data = FileManager.default.contents(atPath: file), data.count <= 1 << 16 else { return nil }
        return Self.clean(String(decoding: data, as: UTF8.self))
    }

    /// Without line breaks and spaces around; nil where nothing is left.
    private static func clean(_ text: String?) -> String? {
        let text = text?.replacing("\r", with: "").replacing("\n", with: "").trimmingCharacters(in: .whitespaces)
        return text?.isEmpty == false ? text : nil
    }

    private func positive(_ name: String) -> Int? {
        variables[name].flatMap { Int($0) }.flatMap { $0 > 0 && $0 <= 86_400 ? $0 : nil }
    }

    static func isTrue(_ value: String?) -> Bool { ["1", "ON", "YES", "TRUE"].contains(value?.uppercased() ?? "") }

    /// With `~`, `$NAME` and `${NAME}` replaced, as Python's `expanduser` and `expandvars` do.
    private func expanded(_ path: String) -> String {
        var path = path
        if path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
        guard path.contains("$") else { return path }
        return path.replacing(/\$(?:(?<plain>\w+)|\{(?<braced>[^}]*)\})/.asciiOnlyWordCharacters()) { match in
            variables[String(match.plain ?? match.braced ?? "")] ?? String(match.0)
        }
    }
}
