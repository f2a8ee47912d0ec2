import Foundation

/// Scheme, host and port: what a token may be sent to, or not.
struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int

    init?(_ url: URL) {
        guard let scheme = url.scheme?.lowercased(), let host = url.host(percentEncoded: true)?.lowercased(),
            !host.isEmpty, scheme == "https" || scheme == "http"
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = url.port ?? (scheme == "https" ? 443 : 80)
    }

    /// Hugging Face's own.
    static let huggingFace = Set(
        ["https://huggingface.co", "https://hf.co", "https://hub-ci.huggingface.co"].compactMap {
            URL(string: $0).flatMap { Origin($0) }
        })
}

/// The server that is asked, and the addresses on it.
struct HubEndpoint: Sendable {
    let text: String
    let origin: Origin

    /// - Throws: ``HubError/invalidEndpoint(_:)``.
    init(_ text: String) throws(HubError) {
        guard let url = URL(string: text), let origin = Origin(url), url.user() == nil, url.query() == nil,
            url.fragment() == nil
        else { throw .invalidEndpoint(text) }
        self.text = text
        self.origin = origin
    }

    /// Whether it is an address of the Hub's: this server's, or Hugging Face's own, to which mirrors lead.
    func isHub(_ url: URL) -> Bool {
        guard url.user() == nil, let target = Origin(url) else { return false }
        return target == origin || Origin.huggingFace.contains(target)
    }

    /// Whether the token may go there: to this server, and among Hugging Face's own. One that was given for another server
    /// is not Hugging Face's to see.
    func trusts(_ url: URL) -> Bool {
        guard isHub(url) else { return false }
        return Origin(url) == origin || Origin.huggingFace.contains(origin)
    }

    /// An address below the API.
    func api(_ path: String, query: [(name: String, value: String)] = []) throws(HubError) -> URL {
        let query = query.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }.joined(separator: "&")
        return try url("/api/\(path)" + (query.isEmpty ? "" : "?" + query))
    }

    /// The address of a file: `/org/name/resolve/main/config.json`.
    func file(
        _ path: RepositoryPath, of id: RepositoryID, _ type: RepositoryType, revision: String
    ) throws(HubError) -> URL {
        let path = path.description.percentEncoded(keeping: "/")
        return try url("/\(type.urlPrefix)\(id)/resolve/\(revision.percentEncoded())/\(path)")
    }

    /// Where the LFS protocol is spoken.
    func lfsBatch(_ id: RepositoryID, _ type: RepositoryType) throws(HubError) -> URL {
        try url("/\(type.urlPrefix)\(id).git/info/lfs/objects/batch")
    }

    /// The page of a repository.
    func page(_ id: RepositoryID, _ type: RepositoryType) -> String { "\(text)/\(type.urlPrefix)\(id)" }

    /// An address in an answer: those of Hugging Face's own server are this server's, should it stand before that one.
    func own(_ address: String) -> String {
        guard !Origin.huggingFace.contains(origin) else { return address }
        for other in [HubEnvironment.standardEndpoint, "https://hub-ci.huggingface.co"]
        where address.hasPrefix(other + "/") {
            return text + address.dropFirst(other.count)
        }
        return address
    }

    private func url(_ path: String) throws(HubError) -> URL {
        guard let url = URL(string: text + path) else { throw .invalidEndpoint(text) }
        return url
    }
}

extension String {
    /// With all bytes but letters, digits, `-`, `_`, `.`, `~` as `%XX`, as Python's `quote`.
    func percentEncoded(keeping kept: String = "") -> String {
        var result = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where kept.utf8.contains(byte): result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

extension URL {
    /// For messages: without the query, which is a signature on storage servers.
    var forMessages: String {
        var parts = URLComponents()
        parts.scheme = scheme
        parts.host = host()
        parts.port = port
        parts.percentEncodedPath = path(percentEncoded: true)
        return parts.string ?? (host() ?? "?")
    }
}
