import Dispatch
import Foundation
import Synchronization

/// One start of this machine's ranks, watched by a thread of its own while the agent talks to the others.
final class Attempt: Sendable {
    private let orders: SupervisionOrders
    private let outcome = Mutex<Result<SupervisionResult, any Error>?>(nil)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ ranks: [RankCall], signals: SignalWatch) throws {
        orders = try SupervisionOrders()
        let thread = Thread { [self] in
            let result = Result { try RankSupervisor(ranks, signals: signals, orders: orders).run() }
            outcome.withLock { $0 = result }
            hasEnded.signal()
        }
        thread.name = "ranks"
        thread.start()
    }

    /// How the ranks ended; nil where they still run after a while.
    func result(within time: Duration) throws -> SupervisionResult? {
        if hasEnded.wait(timeout: .now() + time / .seconds(1)) == .timedOut { return nil }
        return try outcome.withLock { $0 }?.get()
    }

    func stop() { orders.stop() }

    /// Ends all ranks and waits for it.
    func stopAndWait() {
        stop()
        while outcome.withLock({ $0 == nil }) { _ = hasEnded.wait(timeout: .now() + 1) }
    }
}
