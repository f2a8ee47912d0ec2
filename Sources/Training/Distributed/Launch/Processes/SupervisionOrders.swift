import Foundation
import Synchronization

/// How another thread ends the ranks that a ``RankSupervisor`` watches.
final class SupervisionOrders: Sendable {
    /// Readable when there is something to look at.
    let descriptor: Int32
    private let writeEnd: Int32
    private let isStopWanted = Atomic<Bool>(false)

    init() throws {
        (descriptor, writeEnd) = try Descriptors.pipe(nonBlockingRead: true, nonBlockingWrite: true)
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    var isStopped: Bool { isStopWanted.load(ordering: .sequentiallyConsistent) }

    /// Asks for the end of all ranks: SIGTERM, and SIGKILL for those that take too long.
    func stop() {
        isStopWanted.store(true, ordering: .sequentiallyConsistent)
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }
}
