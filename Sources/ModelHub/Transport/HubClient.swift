import Foundation

/// What a request is about, for errors.
struct HubSubject: Sendable {
    var id: String
    var revision = Revision.standard
    var file: String?
}

/// An answer after redirects.
struct HubAnswer: Sendable {
    var head: HubResponseHead
    /// The address that gave it.
    var url: URL
}

/// Speaks HTTP with the Hub: the token goes to servers that it is for, redirects are followed by hand, what fails for
/// now is tried again.
struct HubClient: Sendable {
    let endpoint: HubEndpoint
    let secret: Secret?
    let transport: any HubTransport
    let retries: RetryPolicy
    let userAgent: String

    private static let mostRedirects = 10

    /// Which redirects are followed.
    enum Redirects: Sendable {
        case all
        /// Those within the Hub; one that leads elsewhere is the answer.
        case withinHub
    }

    /// Sends a request and gives a successful answer to `receiver`.
    ///
    /// - Throws: ``HubError``; what the receiver throws; `CancellationError`.
    func send(
        _ request: HubRequest, about subject: HubSubject?, following redirects: Redirects = .all,
        to receiver: any HubResponseReceiver
    ) async throws -> HubAnswer {
        var request = request
        let headers = request.headers
        for _ in 0...Self.mostRedirects {
            request.headers = headers + [("User-Agent", userAgent)]
            if let secret, endpoint.trusts(request.url) {
                request.headers.append(("Authorization", "Bearer \(secret.value)"))
            }
            let sorter = AnswerSorter(receiver)
            do {
                try await transport.send(request, to: sorter)
            } catch let failure as TransportFailure {
                throw error(failure, request)
            }
            guard let head = sorter.head else {
                throw HubError.connection(url: request.url.forMessages, reason: "there was no answer")
            }
            guard head.isRedirect else {
                if head.isSuccess { return HubAnswer(head: head, url: request.url) }
                throw HubStatusError(
                    error: error(head, sorter.errorBody, request, subject), head: head, url: request.url)
            }
            let target = try target(of: head, from: request)
            if redirects == .withinHub, !endpoint.isHub(target) { return HubAnswer(head: head, url: request.url) }
            request.url = target
        }
        throw HubError.redirect(url: request.url.forMessages, reason: "more than \(Self.mostRedirects) times")
    }

    /// The same, tried again where the failure may pass.
    ///
    /// - Parameter retrying: Called before each try but the first.
    func sendPersistently(
        _ request: HubRequest, about subject: HubSubject?, following redirects: Redirects = .all,
        to receiver: any HubResponseReceiver, retrying: @Sendable () -> Void = {}
    ) async throws -> HubAnswer {
        var retry = 0
        while true {
            var asked: Duration?
            do {
                return try await send(request, about: subject, following: redirects, to: receiver)
            } catch let error as HubStatusError {
                guard RetryPolicy.isTransient(error.head.status), retry < retries.retries else { throw error.error }
                asked = RetryPolicy.asked(error.head)
            } catch let error as HubError {
                guard error.meansUnreachable, !error.isFinal, retry < retries.retries else { throw error }
            }
            retry += 1
            try await retries.sleep(retry, asked: asked, request.url)
            retrying()
        }
    }

    private func target(of head: HubResponseHead, from request: HubRequest) throws(HubError) -> URL {
        let place = request.url.forMessages
        guard let target = URL(string: head["location"] ?? "", relativeTo: request.url)?.absoluteURL,
            let new = Origin(target), target.user() == nil
        else { throw .redirect(url: place, reason: "to what is no address") }
        if request.url.scheme?.lowercased() == "https", new.scheme == "http" {
            throw .redirect(url: place, reason: "from https to http, which is refused")
        }
        if request.method != .get, request.method != .head, ![307, 308].contains(head.status) {
            throw .redirect(url: place, reason: "what was sent (\(head.status))")
        }
        return target
    }

    private func error(_ failure: TransportFailure, _ request: HubRequest) -> HubError {
        let url = request.url.forMessages
        switch failure {
        case .timedOut: return .timedOut(url: url, seconds: request.timeout)
        case .broken(let reason): return .connection(url: url, reason: redacted(reason))
        case .insecure(let reason):
            return .connection(url: url, reason: HubError.insecurePrefix + redacted(reason))
        }
    }

    func redacted(_ text: String) -> String { secret?.redacted(text) ?? text }
}

/// An answer with an error's status, and its headers for those who try again.
struct HubStatusError: Error {
    let error: HubError
    let head: HubResponseHead
    /// The address that gave it.
    let url: URL
}

extension HubError {
    static let insecurePrefix = "the connection is not secure: "

    /// Whether trying again cannot help.
    var isFinal: Bool {
        if case .connection(_, let reason) = self { return reason.hasPrefix(Self.insecurePrefix) }
        return false
    }
}
