import Foundation

/// A request to one server. Redirects are not followed on this level.
struct HubRequest: Sendable {
    enum Method: String, Sendable { case get = "GET", head = "HEAD", post = "POST", put = "PUT" }
    enum Body: Sendable {
        case none
        case data(Data)
        /// The whole file, read while it is sent.
        case file(URL)
    }

    var method: Method = .get
    var url: URL
    var headers: [(name: String, value: String)] = []
    var body: Body = .none
    /// Seconds without a byte after which the connection is given up.
    var timeout: Int
    /// Told of bytes of the body that have been sent.
    var sent: (@Sendable (Int) -> Void)?

    var hasBody: Bool { if case .none = body { false } else { true } }

    init(_ method: Method = .get, _ url: URL, timeout: Int) {
        self.method = method
        self.url = url
        self.timeout = timeout
    }
}

/// The status and headers of an answer.
struct HubResponseHead: Sendable {
    var status: Int
    var url: URL
    /// By name in lower case.
    private var fields: [String: String] = [:]

    init(status: Int, url: URL, fields: [String: String]) {
        self.status = status
        self.url = url
        for (name, value) in fields { self.fields[name.lowercased()] = value }
    }

    subscript(name: String) -> String? { fields[name.lowercased()] }

    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && self["location"] != nil }
    var isSuccess: Bool { 200..<300 ~= status }
}

/// What takes an answer as it comes in: first its head, then its body in pieces, one call at a time. Throwing ends the
/// transfer with that error.
protocol HubResponseReceiver: Sendable {
    func receive(_ head: HubResponseHead) throws
    func receive(_ data: Data) throws
}

/// Sends requests. `URLSession` in the product; tests may put something else in its place.
protocol HubTransport: Sendable {
    /// Sends a request and gives the answer to `receiver`; returns when its end has come.
    ///
    /// - Throws: ``TransportFailure``; what the receiver throws; `CancellationError`.
    func send(_ request: HubRequest, to receiver: any HubResponseReceiver) async throws
}

/// A connection that did not bring a whole answer.
enum TransportFailure: Error, Sendable {
    case timedOut
    case broken(String)
    /// The server's certificate is not to be trusted; trying again does not help.
    case insecure(String)
}
