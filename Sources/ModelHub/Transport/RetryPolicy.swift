import Foundation

/// How often something is tried again, and after how long.
struct RetryPolicy: Sendable {
    /// Retries after the first try.
    var retries = 5
    var firstWait: Duration = .seconds(1)
    var longestWait: Duration = .seconds(8)
    /// The longest that a server may ask for.
    var longestAsked: Duration = .seconds(300)

    static let none = RetryPolicy(retries: 0)

    private static let longestReset = 86_400

    /// As Python: too many requests, and what is wrong with the server for now.
    static func isTransient(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

    /// How long to wait before retry number `retry`, from 1: twice as long each time, or what the server asked for.
    func wait(_ retry: Int, asked: Duration?) -> Duration {
        if let asked { return min(asked, longestAsked) }
        return min(firstWait * (1 << min(retry - 1, 20)), longestWait)
    }

    /// Waits before retry number `retry`, and says so where it takes long.
    func sleep(_ retry: Int, asked: Duration?, _ url: URL) async throws {
        let wait = wait(retry, asked: asked)
        if asked != nil, wait >= HubNotice.shortest {
            HubNotice.tell("\(url.host() ?? "the server") asks to wait \(wait.components.seconds) seconds")
        }
        try await Task.sleep(for: wait)
    }

    /// What an answer asks for: `Retry-After` in seconds, or the reset of a rate limit that is used up.
    static func asked(_ head: HubResponseHead) -> Duration? {
        if let seconds = head["retry-after"].flatMap({ Int($0) }), seconds >= 0 {
            return .seconds(min(seconds, longestReset))
        }
        // ratelimit: "api";r=0;t=55
        guard let limit = head["ratelimit"] else { return nil }
        var fields: [Substring: Int] = [:]
        for part in limit.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2, let value = Int(pair[1]) { fields[pair[0]] = value }
        }
        guard fields["r"] == 0, let reset = fields["t"], reset >= 0 else { return nil }
        return .seconds(min(reset, longestReset) + 1)
    }
}
