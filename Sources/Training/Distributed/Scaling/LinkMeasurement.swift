import Foundation
import Synchronization
import Torch

/// Measures what ranks of one machine can send each other.
public enum LinkMeasurement {
    /// The link between two ranks of this machine: a process group of two threads over loopback, which all-reduce small and
    /// large tensors. Takes about a second.
    ///
    /// - Throws: `DistributedError` where the group cannot be made.
    public static func loopback(bytes: Int = 16 << 20) throws -> NetworkLink {
        let store = try HashStore(timeout: .seconds(60))
        let other = Mutex<(any Error)?>(nil)
        let thread = Thread {
            do { _ = try measure(store, rank: 1, bytes: bytes) } catch { other.withLock { $0 = error } }
        }
        thread.start()
        let link = try measure(store, rank: 0, bytes: bytes)
        if let error = other.withLock({ $0 }) { throw error }
        return link
    }

    private static func measure(_ store: HashStore, rank: Int, bytes: Int) throws -> NetworkLink {
        let group = try ProcessGroup(
            store: store, rank: rank, worldSize: 2, name: "link", timeout: .seconds(60), binding: .address("127.0.0.1"))
        return try withTorchErrors {
            let small = Tensor.zeros([16])
            let large = Tensor.zeros([bytes / 4])
            try group.allReduce(large)
            // Two rounds, of two latencies each with Gloo.
            let latency = try shortest(of: 50) { try group.allReduce(small) } / 4
            let processor = processorSeconds()
            let count = 7
            let transfer = try shortest(of: count) { try group.allReduce(large) } - 4 * latency
            // Both ranks are this process; each sent the tensor's size once.
            let perByte = (processorSeconds() - processor) / Double(2 * count * bytes)
            return NetworkLink(
                bytesPerSecond: Double(bytes) / max(transfer, 1e-9), latency: max(latency, 1e-7),
                processorSecondsPerByte: perByte)
        }
    }

    /// The shortest of several times is what the machine can do when nothing else keeps it busy.
    private static func shortest(of count: Int, _ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<count {
            let start = ContinuousClock.now
            try body()
            best = min(best, (ContinuousClock.now - start) / .seconds(1))
        }
        return best
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
