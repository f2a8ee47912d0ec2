import Foundation
import Synchronization

@testable import Torch

/// Ranks that are threads of this process, over a store in memory.
enum Ranks {
    /// Runs `body` as every rank, and gives back what each returned; throws the first rank's error where one failed.
    static func run<Result: Sendable>(
        _ count: Int, timeout: Duration = .seconds(30), _ body: @escaping @Sendable (ProcessGroup) throws -> Result
    ) throws -> [Result] {
        try outcomes(count, timeout: timeout, body).map { try $0.get() }
    }

    /// As `run`, with the errors of all ranks.
    static func outcomes<Result: Sendable>(
        _ count: Int, timeout: Duration = .seconds(30), _ body: @escaping @Sendable (ProcessGroup) throws -> Result
    ) throws -> [Swift.Result<Result, any Error>] {
        let store = try HashStore(timeout: timeout)
        return threads(count) { rank in
            let group = try ProcessGroup(
                store: store, rank: rank, worldSize: count, timeout: timeout, binding: .address("127.0.0.1"))
            return try withTorchErrors { try body(group) }
        }
    }

    /// Runs `body` on as many threads at once, and waits for all.
    static func threads<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
    ) -> [Swift.Result<Result, any Error>] {
        let results = Results<Result>(count)
        let done = DispatchGroup()
        for rank in 0..<count {
            done.enter()
            let thread = Thread {
                results.set(rank, Swift.Result { try body(rank) })
                done.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        done.wait()
        return results.all
    }

    private final class Results<Result: Sendable>: Sendable {
        private let values: Mutex<[Swift.Result<Result, any Error>?]>

        init(_ count: Int) { values = Mutex(Array(repeating: nil, count: count)) }

        func set(_ index: Int, _ value: Swift.Result<Result, any Error>) { values.withLock { $0[index] = value } }

        var all: [Swift.Result<Result, any Error>] { values.withLock { $0.compactMap { $0 } } }
    }
}

extension Result {
    /// The failure, if it is of this kind.
    var distributedError: DistributedError? {
        if case .failure(let error) = self { return error as? DistributedError }
        return nil
    }
}

/// A socket that listens on a free port of loopback, as a launcher makes for the store.
struct ListeningSocket {
    let handle: Int32
    let port: UInt16

    init(ipv6: Bool = false) throws {
        handle = socket(ipv6 ? AF_INET6 : AF_INET, streamSocket, 0)
        guard handle >= 0 else { throw CocoaError(.fileNoSuchFile) }
        var found: UInt16 = 0
        if ipv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_addr = in6addr_loopback
            found = Self.bind(handle, &address) { $0.sin6_port }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            found = Self.bind(handle, &address) { $0.sin_port }
        }
        guard found != 0, listen(handle, 16) == 0 else { throw CocoaError(.fileNoSuchFile) }
        port = UInt16(bigEndian: found)
    }

    func close() { Foundation.close(handle) }

    private static func bind<Address>(_ handle: Int32, _ address: inout Address, port: (Address) -> UInt16) -> UInt16 {
        var size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard Foundation.bind(handle, generic, size) == 0, getsockname(handle, generic, &size) == 0 else {
                    return 0
                }
                return port(pointer.pointee)
            }
        }
    }
}

#if os(Linux)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    private let streamSocket = SOCK_STREAM
#endif
