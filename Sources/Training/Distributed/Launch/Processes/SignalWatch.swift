import Foundation
import Synchronization

/// Turns signals to this process into bytes of a pipe, as long as it lives. One at a time.
///
/// Signals that the process ignores, as SIGHUP under `nohup`, stay ignored.
final class SignalWatch: Sendable {
    /// Those that end a run.
    static let ending: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    /// Those that only ranks know the meaning of.
    static let passedOn: [Int32] = [SIGUSR1, SIGUSR2]
    /// Those that suspend and wake.
    static let suspending: [Int32] = [SIGTSTP, SIGCONT]

    /// The pipe's end for handlers, which can reach nothing but globals.
    private static let writeEnd = Atomic<Int32>(-1)
    /// Readable when a signal came.
    let descriptor: Int32
    /// Handlers as numbers, for C functions are not said to be safe to pass on.
    private let previous: [(number: Int32, handler: Int)]

    init() throws {
        let pipe = try Descriptors.pipe(nonBlockingRead: true, nonBlockingWrite: true)
        descriptor = pipe.read
        let old = Self.writeEnd.exchange(pipe.write, ordering: .sequentiallyConsistent)
        precondition(old == -1, "two watches for signals at a time")
        var previous: [(number: Int32, handler: Int)] = []
        for number in Self.ending + Self.passedOn + Self.suspending + [SIGCHLD] {
            var current = sigaction()
            sigaction(number, nil, &current)
            guard !Self.isIgnored(current) else { continue }
            let handler = signal(number) { number in
                let error = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalWatch.writeEnd.load(ordering: .relaxed), &byte, 1)
                errno = error
            }
            previous.append((number, unsafeBitCast(handler, to: Int.self)))
        }
        self.previous = previous
        unblock()
    }

    /// Waits for a signal that ends runs; others are dropped.
    ///
    /// - Returns: nil where none came in time.
    func awaitEnding(within time: Duration) -> Int32? {
        let deadline = ContinuousClock.now + time
        while true {
            if let signal = take().first(where: { Self.ending.contains($0) }) { return signal }
            let left = deadline - .now
            guard left > .zero else { return nil }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, Int32(clamping: Int((left / .milliseconds(1)).rounded(.up))))
        }
    }

    /// The mask is inherited, and a parent may have held some back.
    private func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for (number, _) in previous { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    deinit {
        for (number, handler) in previous { signal(number, unsafeBitCast(handler, to: sig_t?.self)) }
        close(Self.writeEnd.exchange(-1, ordering: .sequentiallyConsistent))
        close(descriptor)
    }

    /// The signals that came since the last call, in their order.
    func take() -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        return count > 0 ? buffer.prefix(count).map { Int32($0) } : []
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
