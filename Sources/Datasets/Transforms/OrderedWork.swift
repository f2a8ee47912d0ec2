internal import Foundation

/// Does numbered pieces of work on several threads and hands the results to the caller in order, so that the number of
/// threads changes nothing but the time.
enum OrderedWork {
    /// - Parameters:
    ///   - count: the pieces are `0..<count`.
    ///   - threads: how many work at once; 1: the calling thread alone.
    ///   - work: does a piece; called on any thread.
    ///   - deliver: takes the results, on the calling thread.
    /// - Throws: what `deliver` throws, or the first piece, in order, whose work throws.
    static func run<Result: Sendable>(
        count: Int, threads: Int, work: @Sendable (Int) throws -> Result, deliver: (Int, Result) throws -> Void
    ) throws {
        guard threads > 1, count > 1 else {
            for piece in 0..<count { try deliver(piece, try work(piece)) }
            return
        }
        try withoutActuallyEscaping(work) { work in
            let queue = WorkQueue(count: count, threads: min(threads, count), work: work)
            // The threads have ended when this function ends: `work` does not escape.
            defer { queue.stop() }
            for piece in 0..<count { try deliver(piece, try queue.take(piece).get()) }
        }
    }
}

/// What the threads and the caller share.
// Unchecked: `condition` guards all that changes.
private final class WorkQueue<Result: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    /// At most so many results wait for the caller.
    private let ahead: Int
    private var work: (@Sendable (Int) throws -> Result)?
    private var next = 0
    private var taken = 0
    private var running: Int
    private var isStopped = false
    private var results: [Int: Swift.Result<Result, any Error>] = [:]

    init(count: Int, threads: Int, work: @escaping @Sendable (Int) throws -> Result) {
        self.count = count
        self.work = work
        ahead = threads * 2
        running = threads
        for number in 0..<threads {
            let thread = Thread { self.run() }
            thread.name = "data \(number)"
            // As much as the main thread has: transforms are users' code.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    func take(_ piece: Int) -> Swift.Result<Result, any Error> {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = results.removeValue(forKey: piece) {
                taken = piece + 1
                condition.broadcast()
                return result
            }
            condition.wait()
        }
    }

    /// Lets the threads end after the pieces that they are at, and waits for them.
    func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        while running > 0 { condition.wait() }
        work = nil
        condition.unlock()
    }

    private func run() {
        condition.lock()
        while !isStopped, next < count {
            guard next < taken + ahead, let work else {
                condition.wait()
                continue
            }
            let piece = next
            next += 1
            condition.unlock()
            let result = Swift.Result { try work(piece) }
            condition.lock()
            results[piece] = result
            condition.broadcast()
        }
        running -= 1
        condition.broadcast()
        condition.unlock()
    }
}
