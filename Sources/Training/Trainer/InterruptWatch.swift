import Foundation
import Synchronization

/// Notes SIGINT and SIGTERM while it lives, so that the loop can save and stop after the step; a second signal ends the
/// program as usual.
final class InterruptWatch {
    private static let noted = Atomic<Int32>(0)
    private let previous: [(Int32, sig_t?)]

    init(_ signals: [Int32] = [SIGINT, SIGTERM]) {
        Self.noted.store(0, ordering: .relaxed)
        previous = signals.map { number in
            (
                number,
                signal(number) { received in
                    InterruptWatch.noted.store(received, ordering: .relaxed)
                    // The next one is not held back.
                    signal(received, SIG_DFL)
                }
            )
        }
    }

    deinit { for (number, handler) in previous { signal(number, handler) } }

    /// The signal that came; nil where none did.
    var received: Int32? {
        let number = Self.noted.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
