import Foundation

/// One-line notices of long waits: for a lock that another process holds, for a server that asks to come back later.
enum HubNotice {
    @TaskLocal private static var handler: TransferProgressHandler?

    /// Waits of less seconds are not told.
    static let shortest: Duration = .seconds(5)

    /// Lets the handler of a transfer know of the waits in `body`.
    // Swift 6.3's optimiser hands `withValue` a wrong type where this is specialised: the release build crashed.
    @_optimize(none) @inline(never)
    static func told<Output>(
        to handler: TransferProgressHandler?, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Output
    ) async rethrows -> Output {
        try await $handler.withValue(handler ?? Self.handler, operation: body)
    }

    /// Where nobody listens it goes to standard error, as Python's warnings do.
    static func tell(_ text: String) {
        let line = HubError.printable(text)
        guard let handler else { return FileHandle.standardError.write(Data("warning: \(line)\n".utf8)) }
        handler(TransferProgress(notice: line))
    }
}
