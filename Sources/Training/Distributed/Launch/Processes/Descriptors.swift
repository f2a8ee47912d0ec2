import Foundation
import Synchronization

/// File descriptors that programs started later do not inherit.
enum Descriptors {
    /// Held while a program starts, and while a descriptor exists that is not yet marked.
    static let spawning = Mutex<Void>(())

    /// A pipe; its ends are non-blocking where asked for.
    static func pipe(nonBlockingRead: Bool = false, nonBlockingWrite: Bool = false) throws -> (
        read: Int32, write: Int32
    ) {
        var ends: [Int32] = [0, 0]
        let isMade = spawning.withLock { _ in
            guard Foundation.pipe(&ends) == 0 else { return false }
            for end in ends { closeOnExec(end) }
            return true
        }
        guard isMade else {
            throw LaunchError.unstartable(program: "ranks", reason: String(cString: strerror(errno)))
        }
        if nonBlockingRead { unblock(ends[0]) }
        if nonBlockingWrite { unblock(ends[1]) }
        return (ends[0], ends[1])
    }

    static func closeOnExec(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

    static func unblock(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// `/dev/null`.
    static func null() throws -> Int32 {
        let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LaunchError.unstartable(program: "ranks", reason: "/dev/null: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Whether two descriptors lead to one file or pipe.
    static func areSameFile(_ first: Int32, _ second: Int32) -> Bool {
        var (one, other) = (stat(), stat())
        guard fstat(first, &one) == 0, fstat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Writes all of it, however long the reader takes; what nobody reads any more is dropped.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}
