internal import CTorch
import Foundation

/// A store that one process serves to the others over TCP.
public final class TCPStore: Store, @unchecked Sendable {  // as its base class
    /// PyTorch's port where none is chosen.
    public static let defaultPort: UInt16 = 29500

    /// The server's host as given, without the brackets of an IPv6 address.
    public let host: String
    /// The server's port; where 0 was asked for, the one that was free.
    public let port: UInt16

    /// Serves a store, or connects to one; waits for that as long as `timeout` allows.
    ///
    /// - Parameters:
    ///   - host: Name or address of the server's machine; an IPv6 address with or without brackets.
    ///   - port: The server's port. A server may ask for 0, that is any free one; see ``port``.
    ///   - worldSize: How many processes use the store, the server with them; nil where it is not known.
    ///   - isServer: Whether this process serves the store.
    ///   - timeout: For connecting, for waiting for the others and for every later call. Default 5 minutes.
    ///   - waitsForWorkers: Whether the server waits here until `worldSize` processes have come.
    ///   - listenSocket: A bound and listening socket of the server's, which the store takes over and closes: a port found
    ///     free then stays ours. `port` must be its port.
    /// - Throws: ``DistributedError``: `addressInUse`, `cannotConnect`, `unknownHost`, `timeout` where the others don't
    ///   come, `invalidArgument`.
    public init(
        host: String, port: UInt16 = TCPStore.defaultPort, worldSize: Int? = nil, isServer: Bool = false,
        timeout: Duration = .seconds(300), waitsForWorkers: Bool = true, listenSocket: Int32? = nil
    ) throws {
        let host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        guard !host.isEmpty else { throw DistributedError(.invalidArgument, "a TCPStore needs the server's host") }
        guard isServer || port != 0 else {
            throw DistributedError(
                .invalidArgument, "\(place): a client can't connect to port 0; give the server's port")
        }
        guard listenSocket == nil || isServer else {
            throw DistributedError(.invalidArgument, "\(place): only a server can take over a listening socket")
        }
        guard worldSize.map({ (1...Int(Int32.max)).contains($0) }) ?? true else {
            throw DistributedError(.invalidArgument, "\(place): a world size of \(worldSize ?? 0) is not possible")
        }
        if !isServer { try Self.waitForServer(host, port, place, timeout) }
        var store: ct_store?
        let status = ct_store_tcp(
            host, port, Int32(worldSize ?? 0), isServer, waitsForWorkers, timeout.milliseconds, listenSocket ?? -1,
            &store)
        guard let store else {
            throw Self.failure(
                DistributedError.last(status), host: host, port: port, place: place, isServer: isServer,
                timeout: timeout)
        }
        self.host = host
        self.port = ct_store_tcp_port(store)
        super.init(owning: store, timeout: timeout, name: "the store at \(place)")
    }

    private static func failure(
        _ failure: (kind: DistributedError.Kind, text: String)?, host: String, port: UInt16, place: String,
        isServer: Bool, timeout: Duration
    ) -> DistributedError {
        guard let failure else { return DistributedError(.other, "the store at \(place) could not be made") }
        if isServer {
            switch failure.kind {
            case .addressInUse:
                return DistributedError(
                    .addressInUse,
                    "port \(port) is in use on this machine: end the program that listens there, or choose another port "
                        + "(MASTER_PORT)")
            case .timeout:
                return DistributedError(
                    .timeout,
                    "the store at \(place): not all ranks came within \(timeout.inSeconds)\(clients(in: failure.text)); "
                        + "look at what the others wrote")
            default:
                return DistributedError(failure.kind, "the store at \(place) can't be served: \(failure.text)")
            }
        }
        return DistributedError(
            failure.kind, "the store at \(place) did not answer within \(timeout.inSeconds): \(failure.text)")
    }

    /// Waits until somebody listens at the address. c10d would wait too, but for up to twice as long, and it writes its
    /// stack to standard error at each attempt.
    private static func waitForServer(_ host: String, _ port: UInt16, _ place: String, _ timeout: Duration) throws {
        let deadline = ContinuousClock.now + timeout
        while let failure = DistributedError.last(ct_probe_address(host, port)) {
            guard ContinuousClock.now < deadline else {
                guard failure.kind != .unknownHost else {
                    throw DistributedError(
                        .unknownHost, "the store's host name \(host) has no address: \(failure.text)")
                }
                throw DistributedError(
                    failure.kind,
                    "no connection to the store at \(place) within \(timeout.inSeconds): \(failure.text); check the "
                        + "address (MASTER_ADDR, MASTER_PORT), that the process that serves it runs, and firewalls")
            }
            usleep(100_000)
        }
    }

    /// ` (1/2 clients joined)`, where libtorch's text tells it.
    private static func clients(in text: String) -> String {
        guard let match = text.firstMatch(of: /(\d+)\/(\d+) clients joined/) else { return "" }
        return " (\(match.1) of \(match.2))"
    }
}
