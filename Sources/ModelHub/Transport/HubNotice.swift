import Foundation
import Synchronization

/// One-line notices of long waits: for a lock that another process holds, for a server that asks to come back later.
enum HubNotice {
    @TaskLocal private static var handler: TransferProgressHandler?

    /// Waits of less seconds are not told.
    static let shortest: Duration = .seconds(5)

    /// Lets the handler of a transfer know of the waits in `body`, which gets the handler so that what it tells and the
    /// notices come one at a time.
    // Swift 6.3's optimiser hands `withValue` a wrong type where this is specialised: the release build crashed.
    @_optimize(none) @inline(never)
    static func told<Output>(
        to handler: TransferProgressHandler?, isolation: isolated (any Actor)? = #isolation,
        _ body: (TransferProgressHandler?) async throws -> Output
    ) async rethrows -> Output {
        let single = handler.map(oneAtATime)
        return try await $handler.withValue(single ?? Self.handler) { try await body(single) }
    }

    private static func oneAtATime(_ handler: @escaping TransferProgressHandler) -> TransferProgressHandler {
        let turn = Turn()
        return { progress in turn.take { handler(progress) } }
    }

    private final class Turn: Sendable {
        private let mutex = Mutex(())
        func take(_ body: () -> Void) { mutex.withLock { _ in body() } }
    }

    /// Where nobody listens it goes to standard error, as Python's warnings do.
    static func tell(_ text: String) {
        let line = HubError.printable(text)
        guard let handler else { return FileHandle.standardError.write(Data("warning: \(line)\n".utf8)) }
        handler(TransferProgress(notice: line))
    }
}
