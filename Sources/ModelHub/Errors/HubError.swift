/// What goes wrong with the Hub or its cache. Descriptions are one line, and never hold the token.
public enum HubError: Error, Sendable, Equatable {
    // MARK: Arguments
    case invalidRepositoryID(String, reason: String)
    case invalidRevision(String)
    case invalidEndpoint(String)
    /// The name of a file that leads out of the folder.
    case unsafeName(String)
    case argument(String)

    // MARK: Tokens
    case noToken
    case malformedToken

    // MARK: Answers of the server
    case repositoryNotFound(String, url: String, hasToken: Bool)
    case revisionNotFound(String, revision: String)
    case fileNotFound(String, file: String, revision: String)
    /// The repository is there, but its owner gives access one by one.
    case gated(String, message: String)
    case unauthorized(url: String, message: String)
    case forbidden(url: String, message: String)
    /// Another status that is an error, after all retries.
    case status(Int, url: String, message: String)
    /// An answer that is not the Hub's, or not a sane one.
    case malformedAnswer(url: String, reason: String)
    case tooLarge(url: String, limit: Int)
    case redirect(url: String, reason: String)

    // MARK: Connections
    /// The server cannot be reached, or the connection broke, after all retries.
    case connection(url: String, reason: String)
    case timedOut(url: String, seconds: Int)
    case offline(String)

    // MARK: Content
    case wrongHash(file: String, expected: String, actual: String)
    case wrongSize(file: String, expected: Int, actual: Int)

    // MARK: The cache and the disk
    /// Not in the cache, and the network may not be asked or does not answer.
    case notCached(String, reason: String)
    case incompleteSnapshot(String, missing: [String], reason: String)
    case file(path: String, reason: String)
    case diskFull(path: String, needed: Int, free: Int)
}

extension HubError: CustomStringConvertible {
    /// One line, whatever names and messages of a server are in it.
    public var description: String { Self.printable(text, 4000) }

    private var text: String {
        switch self {
        case .invalidRepositoryID(let id, let reason): "'\(id)' is no repository's name: \(reason)"
        case .invalidRevision(let name):
            "'\(name)' is no revision; a branch, a tag, a commit or refs/pr/NUMBER is"
        case .invalidEndpoint(let text):
            "HF_ENDPOINT '\(text)' is no address of a server, such as \(HubEnvironment.standardEndpoint)"
        case .unsafeName(let name):
            "the file name '\(Self.printable(name))' leads out of the folder and is refused"
        case .argument(let text): text
        case .noToken: "a token is needed: set HF_TOKEN, or log in with Python's `hf auth login`"
        case .malformedToken: "the token has characters that no token has (spaces, line breaks)"
        case .repositoryNotFound(let id, let url, let hasToken):
            "there is no repository \(id), or it is private "
                + (hasToken ? "and the token gives no access to it" : "(then a token is needed: set HF_TOKEN)")
                + "; asked: \(url)"
        case .revisionNotFound(let id, let revision): "\(id) has no revision '\(revision)'"
        case .fileNotFound(let id, let file, let revision): "\(id) has no file \(file) at '\(revision)'"
        case .gated(let id, let message):
            "access to \(id) must be asked for on its page, and a token be given (HF_TOKEN)\(Self.said(message))"
        case .unauthorized(let url, let message):
            "the server wants a valid token for \(url) (set HF_TOKEN)\(Self.said(message))"
        case .forbidden(let url, let message): "the token does not allow \(url)\(Self.said(message))"
        case .status(let code, let url, let message): "the server answered \(code) to \(url)\(Self.said(message))"
        case .malformedAnswer(let url, let reason): "the answer to \(url) is not the Hub's: \(reason)"
        case .tooLarge(let url, let limit): "the answer to \(url) is longer than \(limit) bytes"
        case .redirect(let url, let reason): "\(url) redirects \(reason)"
        case .connection(let url, let reason): "cannot reach \(url): \(reason)"
        case .timedOut(let url, let seconds): "\(url) sent nothing for \(seconds) seconds"
        case .offline(let what): "\(what) is not asked for: HF_HUB_OFFLINE is set"
        case .wrongHash(let file, let expected, let actual):
            "\(file) is not what was promised: its hash is \(actual), not \(expected); what was read is deleted"
        case .wrongSize(let file, let expected, let actual):
            "\(file) has \(actual) bytes instead of \(expected); what was read is deleted"
        case .notCached(let what, let reason): "\(what) is not in the cache, and \(reason)"
        case .incompleteSnapshot(let id, let missing, let reason):
            "the cache lacks \(missing.count) files of \(id) (\(missing.prefix(3).joined(separator: ", "))"
                + "\(missing.count > 3 ? ", …" : "")), and \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .diskFull(let path, let needed, let free):
            "\(path) needs \(needed) bytes, and the disk has \(free) left"
        }
    }

    private static func said(_ message: String) -> String { message.isEmpty ? "" : ": \(printable(message))" }

    /// Without line breaks and control characters, which could forge lines of a log.
    static func printable(_ text: String, _ longest: Int = 600) -> String {
        let scalars = text.unicodeScalars.prefix(longest).map { scalar -> Unicode.Scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: " "
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension HubError {
    /// Whether the server or the way to it failed, so that the cache may take its place.
    var meansUnreachable: Bool {
        switch self {
        case .connection, .timedOut, .offline: true
        case .status(let code, _, _): code == 408 || code == 429 || code >= 500
        default: false
        }
    }

    /// Whether a cached copy may be used instead, as Python does: also where access is denied now.
    var allowsCachedCopy: Bool {
        switch self {
        case .revisionNotFound, .fileNotFound, .redirect: false
        case .repositoryNotFound, .gated, .unauthorized, .forbidden, .malformedAnswer, .status: true
        default: meansUnreachable
        }
    }
}
