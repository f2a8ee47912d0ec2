import Dispatch
import Foundation
import Synchronization
import Torch

/// The rendezvous as a TCPStore, which one agent serves and all use.
///
/// Each call is given a time: on a connection whose cable is cut, c10d would wait for very long.
final class TorchRendezvousStore: RendezvousStore {
    private let store: TCPStore
    private let place: String
    private let longestCall: Duration
    private let queue = DispatchQueue(label: "rendezvous")

    /// Serves a store.
    init(serving socket: ListeningSocket, longestCall: Duration) throws {
        store = try TCPStore(serving: socket)
        place = SocketAddresses.text(host: socket.address, port: socket.port)
        self.longestCall = longestCall
    }

    /// Connects to the store that another agent serves.
    init(endpoint: LaunchEndpoint, timeout: Duration, longestCall: Duration) throws {
        guard let port = UInt16(exactly: endpoint.port) else {
            throw LaunchError.address("\(endpoint): ports end at 65535")
        }
        place = "\(endpoint)"
        self.longestCall = longestCall
        store = try Self.within(timeout + .seconds(5), queue, "\(endpoint) does not answer as a rendezvous does") {
            try TCPStore(host: endpoint.host, port: port, timeout: timeout, waitsForWorkers: false)
        }
    }

    func value(_ key: String) throws -> [UInt8]? {
        try call { store in try store.check([key]) ? try store.get(key) : nil }
    }

    func set(_ key: String, _ value: [UInt8]) throws { try call { store in try store.set(key, value) } }

    func replace(_ key: String, _ old: [UInt8]?, with new: [UInt8]) throws -> Bool {
        try call { store in try store.compareSet(key, expected: old ?? [], desired: new) == new }
    }

    private func call<Value: Sendable>(_ body: @escaping @Sendable (TCPStore) throws -> Value) throws -> Value {
        let store = store
        return try Self.within(longestCall, queue, "the rendezvous at \(place) is lost") { try body(store) }
    }

    /// Runs `body` on the queue and waits for a while.
    private static func within<Value: Sendable>(
        _ time: Duration, _ queue: DispatchQueue, _ failure: String, _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let answer = Answer<Value>()
        queue.async { answer.give(Result { try body() }) }
        do {
            guard let result = try answer.await(time) else {
                throw LaunchError.rendezvous("\(failure): no answer within \(time.wholeSeconds) s")
            }
            return result
        } catch let error as DistributedError {
            throw LaunchError.rendezvous("\(failure): \(error)")
        }
    }

    /// A result that another thread gives.
    private final class Answer<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)
        private let isGiven = DispatchSemaphore(value: 0)

        func give(_ result: Result<Value, any Error>) {
            self.result.withLock { $0 = result }
            isGiven.signal()
        }

        func await(_ time: Duration) throws -> Value? {
            _ = isGiven.wait(timeout: .now() + time / .seconds(1))
            return try result.withLock { $0 }?.get()
        }
    }
}

/// The store of an attempt's ranks, which live in other processes.
final class RankStoreServer {
    private let store: TCPStore

    init(_ socket: ListeningSocket) throws { store = try TCPStore(serving: socket) }

    var port: Int { Int(store.port) }
}

extension TCPStore {
    /// Serves a store on a socket, which it takes over, to any number of clients.
    fileprivate convenience init(serving socket: ListeningSocket) throws {
        // Its own part as a client reaches the socket here.
        try self.init(
            host: socket.address, port: UInt16(socket.port), isServer: true, waitsForWorkers: false,
            listenSocket: socket.descriptor)
    }
}
