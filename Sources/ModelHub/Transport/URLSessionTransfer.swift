import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request on its way. The delegate's queue is serial; cancelling may come from any thread.
final class URLSessionTransfer: Sendable {
    private struct State {
        var task: URLSessionTask?
        var continuation: CheckedContinuation<Void, any Error>?
        var failure: (any Error)?
        var hasHead = false
    }
    private let state = Mutex(State())
    private let receiver: any HubResponseReceiver
    private let sent: (@Sendable (Int) -> Void)?

    init(_ receiver: any HubResponseReceiver, sent: (@Sendable (Int) -> Void)?) {
        self.receiver = receiver
        self.sent = sent
    }

    func start(_ task: URLSessionTask, _ continuation: CheckedContinuation<Void, any Error>) {
        let isCancelled = state.withLock { state in
            state.continuation = continuation
            state.task = task
            return state.failure != nil
        }
        // Foundation tells the end of tasks alone that have begun.
        task.resume()
        if isCancelled { task.cancel() }
    }

    func cancel() { end(CancellationError()) }

    /// Stops the transfer; the first reason counts.
    private func end(_ error: any Error) {
        let task = state.withLock { state in
            if state.failure == nil { state.failure = error }
            return state.task
        }
        // Not on the delegate's thread: Foundation's own queue may wait for room there.
        if let task { DispatchQueue.global().async { task.cancel() } }
    }

    private var hasEnded: Bool { state.withLock { $0.failure != nil } }

    private func deliver(_ body: () throws -> Void) {
        guard !hasEnded else { return }
        do { try body() } catch { end(error) }
    }

    private func deliverHead(_ response: URLResponse?) {
        guard let response = response as? HTTPURLResponse else { return }
        let isFirst = state.withLock { state in
            defer { state.hasHead = true }
            return !state.hasHead
        }
        guard isFirst, let url = response.url else { return }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields { fields["\(name)"] = "\(value)" }
        deliver { try receiver.receive(HubResponseHead(status: response.statusCode, url: url, fields: fields)) }
    }

    /// - Returns: Whether the body is wanted.
    func receive(_ response: URLResponse?) -> Bool {
        deliverHead(response)
        return !hasEnded
    }

    func receive(_ data: Data, of response: URLResponse?) {
        deliverHead(response)
        if !data.isEmpty { deliver { try receiver.receive(data) } }
    }

    func send(_ count: Int) { sent?(count) }

    func complete(_ response: URLResponse?, _ error: (any Error)?) {
        if error == nil { deliverHead(response) }
        let (continuation, failure) = state.withLock { state in
            defer { state.continuation = nil }
            state.task = nil
            return (state.continuation, state.failure)
        }
        guard let continuation else { return }
        if let failure {
            continuation.resume(throwing: failure)
        } else if let error {
            continuation.resume(throwing: Self.failure(of: error))
        } else {
            continuation.resume()
        }
    }

    private static func failure(of error: any Error) -> TransportFailure {
        let native = error as NSError
        guard native.domain == NSURLErrorDomain else { return .broken(native.localizedDescription) }
        switch native.code {
        case NSURLErrorTimedOut: return .timedOut
        case NSURLErrorSecureConnectionFailed, NSURLErrorServerCertificateHasBadDate,
            NSURLErrorServerCertificateUntrusted, NSURLErrorServerCertificateHasUnknownRoot,
            NSURLErrorServerCertificateNotYetValid, NSURLErrorClientCertificateRejected,
            NSURLErrorAppTransportSecurityRequiresSecureConnection:
            return .insecure(native.localizedDescription)
        case NSURLErrorCannotFindHost: return .broken("the host is not known")
        case NSURLErrorCannotConnectToHost: return .broken("the connection was refused")
        case NSURLErrorNetworkConnectionLost: return .broken("the connection broke")
        default: return .broken(native.localizedDescription)
        }
    }
}
