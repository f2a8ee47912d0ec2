import Foundation

/// A serial queue that makes those who add work wait while much is to be done.
///
/// On Linux `URLSession` hands each piece of an answer to its delegate's queue without asking whether the one before has
/// been dealt with, and cannot be paused: a disk slower than the network would fill the memory.
final class BoundedOperationQueue: OperationQueue, @unchecked Sendable {  // its one property is a semaphore
    private let room: DispatchSemaphore

    /// - Parameter limit: Pieces (of 16 KiB, mostly) that may wait.
    init(limit: Int = 256) {
        room = DispatchSemaphore(value: limit)
        super.init()
        maxConcurrentOperationCount = 1
    }

    #if canImport(FoundationNetworking)
        override func addOperation(_ block: @Sendable @escaping () -> Void) {
            room.wait()
            super.addOperation { [room] in
                block()
                room.signal()
            }
        }
    #endif
}
