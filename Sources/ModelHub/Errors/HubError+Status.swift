import Foundation
import OrderedJSON

extension HubClient {
    /// What an error's status means, by the Hub's `X-Error-Code` and Python's rules.
    func error(
        _ head: HubResponseHead, _ body: Data, _ request: HubRequest, _ subject: HubSubject?
    ) -> HubError {
        let url = request.url.forMessages
        let message = redacted(message(head, body))
        let code = head["x-error-code"]
        if let subject, endpoint.isHub(request.url) {
            let isInvalidToken = head["x-error-message"] == "Invalid credentials in Authorization header"
            switch (code, head.status) {
            case ("RevisionNotFound", _): return .revisionNotFound(subject.id, revision: subject.revision)
            case ("EntryNotFound", _):
                return .fileNotFound(subject.id, file: subject.file ?? message, revision: subject.revision)
            case ("GatedRepo", _): return .gated(subject.id, message: message)
            case ("RepoNotFound", _): return .repositoryNotFound(subject.id, url: url, hasToken: secret != nil)
            case (_, 401) where !isInvalidToken:
                return .repositoryNotFound(subject.id, url: url, hasToken: secret != nil)
            default: break
            }
        }
        switch head.status {
        case 401: return .unauthorized(url: url, message: message)
        case 403: return .forbidden(url: url, message: message)
        default: return .status(head.status, url: url, message: message)
        }
    }

    private func message(_ head: HubResponseHead, _ body: Data) -> String {
        if let message = head["x-error-message"] { return message }
        guard head["content-type"]?.hasPrefix("application/json") == true,
            let json = try? JSONValue(parsing: body, depthLimit: 32)
        else { return "" }
        return json["error"]?.stringValue ?? json["message"]?.stringValue ?? ""
    }
}
