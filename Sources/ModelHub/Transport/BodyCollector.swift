import Foundation
import Synchronization

/// Keeps an answer in memory, up to a limit.
final class BodyCollector: HubResponseReceiver {
    private let limit: Int
    private let url: URL
    private let state = Mutex(Data())

    init(limit: Int, url: URL) {
        self.limit = limit
        self.url = url
    }

    var body: Data { state.withLock { $0 } }

    func receive(_ head: HubResponseHead) throws {
        if let length = head["content-length"].flatMap({ Int($0) }), length > limit { throw tooLarge }
        state.withLock { $0 = Data() }
    }

    func receive(_ data: Data) throws {
        let fits = state.withLock { body in
            guard data.count <= limit - body.count else { return false }
            body.append(data)
            return true
        }
        guard fits else { throw tooLarge }
    }

    private var tooLarge: HubError { .tooLarge(url: url.forMessages, limit: limit) }
}

/// Wants no body: of a HEAD request there is none, whatever its headers say.
struct NoBody: HubResponseReceiver {
    func receive(_ head: HubResponseHead) {}
    func receive(_ data: Data) {}
}

/// Parts an answer: what succeeded goes to the caller's receiver, of an error the beginning is kept for its message.
final class AnswerSorter: HubResponseReceiver {
    private struct State {
        var head: HubResponseHead?
        var errorBody = Data()
    }
    private static let longestError = 1 << 16
    private let state = Mutex(State())
    private let receiver: any HubResponseReceiver

    init(_ receiver: any HubResponseReceiver) { self.receiver = receiver }

    var head: HubResponseHead? { state.withLock { $0.head } }
    var errorBody: Data { state.withLock { $0.errorBody } }

    func receive(_ head: HubResponseHead) throws {
        state.withLock { $0.head = head }
        if head.isSuccess { try receiver.receive(head) }
    }

    func receive(_ data: Data) throws {
        let isSuccess = state.withLock { state in
            guard let head = state.head, !head.isSuccess else { return true }
            state.errorBody.append(data.prefix(Self.longestError - state.errorBody.count))
            return false
        }
        if isSuccess { try receiver.receive(data) }
    }
}
