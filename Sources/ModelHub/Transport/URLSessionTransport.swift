import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The network by Foundation: certificates are checked by the system's rules, proxies come from the environment.
struct URLSessionTransport: HubTransport {
    private let pool = URLSessionPool()

    func send(_ request: HubRequest, to receiver: any HubResponseReceiver) async throws {
        try Task.checkCancellation()
        let transfer = URLSessionTransfer(receiver, sent: request.sent)
        let line = request.hasBody ? URLSessionPool.make(request.timeout) : pool.take(timeout: request.timeout)
        line.delegate.transfer = transfer
        do {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    transfer.start(Self.task(for: request, in: line.session), continuation)
                }
            } onCancel: {
                transfer.cancel()
            }
        } catch {
            line.close()
            throw error
        }
        line.delegate.transfer = nil
        // A connection that the server has closed meanwhile is replaced on the way; what was sent of a body on Linux is not
        // sent again then, and the request would stand still.
        if request.hasBody { line.close() } else { pool.giveBack(line) }
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
