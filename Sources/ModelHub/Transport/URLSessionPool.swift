import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Sessions that are used again, so that not every question needs a connection of its own. A session carries one transfer at
/// a time: its delegate's queue is what slows a transfer down where the disk is slow, and hashes in a thread of its own.
final class URLSessionPool: Sendable {
    /// A session and the delegate that tells its events.
    struct Line: Sendable {
        let session: URLSession
        let delegate: URLSessionRelay
        let timeout: Int

        /// Frees what the session holds; a transfer that is still under way is cancelled.
        func close() { session.invalidateAndCancel() }
    }

    private let idle = Mutex<[Line]>([])

    deinit { for line in idle.withLock({ $0 }) { line.close() } }

    /// - Parameter timeout: Seconds without a byte after which a connection is given up.
    func take(timeout: Int) -> Line {
        let kept = idle.withLock { lines in
            lines.lastIndex { $0.timeout == timeout }.map { lines.remove(at: $0) }
        }
        return kept ?? Self.make(timeout)
    }

    /// To be called when the transfer has come to a good end.
    func giveBack(_ line: Line) { idle.withLock { $0.append(line) } }

    static func make(_ timeout: Int) -> Line {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = TimeInterval(timeout)
        // A transfer may take days; what ends it is silence.
        configuration.timeoutIntervalForResource = 7 * 86_400
        configuration.urlCache = nil
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCredentialStorage = nil
        let relay = URLSessionRelay()
        let session = URLSession(configuration: configuration, delegate: relay, delegateQueue: BoundedOperationQueue())
        return Line(session: session, delegate: relay, timeout: timeout)
    }
}

/// Tells a session's events to the transfer that it carries now.
final class URLSessionRelay: NSObject, URLSessionDataDelegate {
    private let current = Mutex<URLSessionTransfer?>(nil)

    var transfer: URLSessionTransfer? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        completionHandler(transfer?.receive(response) == true ? .allow : .cancel)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        transfer?.receive(data, of: dataTask.response)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
        totalBytesExpectedToSend: Int64
    ) {
        transfer?.send(Int(bytesSent))
    }

    /// The redirect itself is the answer: where to go next, and with which headers, is decided elsewhere.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        _ = transfer?.receive(response)
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        transfer?.complete(task.response, error)
    }
}
