import Foundation
import OrderedJSON

extension HubClient {
    /// Longer answers are refused: a page of 1,000 files takes about 300 kB.
    static let longestJSON = 64 << 20
    /// Deeper ones too.
    static let deepestJSON = 64

    /// Asks for JSON.
    func json(_ url: URL, about subject: HubSubject?, timeout: Int) async throws -> (JSONValue, HubResponseHead) {
        try await json(HubRequest(.get, url, timeout: timeout), about: subject, persistently: true)
    }

    /// Sends JSON, and takes JSON.
    ///
    /// - Parameter persistently: Whether it may be sent again; not where that would be done twice.
    func post(
        _ value: JSONValue, to url: URL, about subject: HubSubject?, timeout: Int, persistently: Bool,
        contentType: String = "application/json"
    ) async throws -> JSONValue {
        var request = HubRequest(.post, url, timeout: timeout)
        request.body = .data(Data(value.serializedBytes(.compact)))
        request.headers = [("Content-Type", contentType), ("Accept", contentType)]
        return try await json(request, about: subject, persistently: persistently).0
    }

    func json(
        _ request: HubRequest, about subject: HubSubject?, persistently: Bool
    ) async throws -> (JSONValue, HubResponseHead) {
        let collector = BodyCollector(limit: Self.longestJSON, url: request.url)
        let answer: HubAnswer
        do {
            answer =
                try await persistently
                ? sendPersistently(request, about: subject, to: collector)
                : send(request, about: subject, to: collector)
        } catch let error as HubStatusError {
            throw error.error
        }
        let body = collector.body
        do {
            return (try JSONValue(parsing: body, depthLimit: Self.deepestJSON), answer.head)
        } catch {
            throw HubError.malformedAnswer(
                url: answer.url.forMessages,
                reason: "no JSON (line \(error.line), column \(error.column): \(error.reason))")
        }
    }
}
