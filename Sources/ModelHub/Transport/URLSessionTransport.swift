import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The network by Foundation: certificates are checked by the system's rules, proxies come from the environment.
struct URLSessionTransport: HubTransport {
    func send(_ request: HubRequest, to receiver: any HubResponseReceiver) async throws {
        try Task.checkCancellation()
        let transfer = URLSessionTransfer(receiver, sent: request.sent)
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = TimeInterval(request.timeout)
        // A transfer may take days; what ends it is silence.
        configuration.timeoutIntervalForResource = 7 * 86_400
        configuration.urlCache = nil
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCredentialStorage = nil
        let session = URLSession(
            configuration: configuration, delegate: transfer, delegateQueue: BoundedOperationQueue())
        // Also frees what the session holds; a transfer that is still under way is cancelled by then.
        defer { session.invalidateAndCancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.start(Self.task(for: request, in: session), continuation)
            }
        } onCancel: {
            transfer.cancel()
        }
    }

    private static func task(for request: HubRequest, in session: URLSession) -> URLSessionTask {
        var native = URLRequest(url: request.url, timeoutInterval: TimeInterval(request.timeout))
        native.httpMethod = request.method.rawValue
        native.cachePolicy = .reloadIgnoringLocalCacheData
        for (name, value) in request.headers { native.setValue(value, forHTTPHeaderField: name) }
        switch request.body {
        case .none: return session.dataTask(with: native)
        case .data(let data): return session.uploadTask(with: native, from: data)
        case .file(let file): return session.uploadTask(with: native, fromFile: file)
        }
    }
}

/// One request on its way. The delegate's queue is serial; cancelling may come from any thread.
private final class URLSessionTransfer: NSObject, URLSessionDataDelegate {
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

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        deliverHead(response)
        completionHandler(hasEnded ? .cancel : .allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        deliverHead(dataTask.response)
        if !data.isEmpty { deliver { try receiver.receive(data) } }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
        totalBytesExpectedToSend: Int64
    ) {
        sent?(Int(bytesSent))
    }

    /// The redirect itself is the answer: where to go next, and with which headers, is decided elsewhere.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        deliverHead(response)
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        if error == nil { deliverHead(task.response) }
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
