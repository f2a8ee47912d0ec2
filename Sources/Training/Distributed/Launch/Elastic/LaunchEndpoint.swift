import Foundation

/// A host and a port.
public struct LaunchEndpoint: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host`, `host:port`, `[::1]:port` or a bare IPv6 address.
    ///
    /// - Parameters:
    ///   - text: The address.
    ///   - standardPort: The port where none is given.
    /// - Throws: ``LaunchError/address(_:)``
    public init(_ text: String, standardPort: Int = 29_400) throws {
        func failure(_ reason: String) -> LaunchError {
            .address("'\(text)' is no address: \(reason); write host:port, or [address]:port for IPv6")
        }
        let host: Substring
        var rest = Substring(text)
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { throw failure("the bracket is not closed") }
            host = rest[rest.index(after: rest.startIndex)..<close]
            rest = rest[rest.index(after: close)...]
        } else if rest.count(where: { $0 == ":" }) > 1 {
            host = rest
            rest = ""
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(host.count)
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { throw failure("it has no host") }
        self.host = String(host)
        guard !rest.isEmpty else {
            port = standardPort
            return
        }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port) else {
            throw failure("the port must be a number from 1 to 65535")
        }
        self.port = port
    }

    public var description: String { SocketAddresses.text(host: host, port: port) }

    /// The address that this machine has on the way to the host.
    ///
    /// - Throws: ``LaunchError/address(_:)`` for an unknown host, or one that no network leads to.
    func localAddress() throws -> String {
        let found = try SocketAddresses(host: host, port: port, isToListen: false)
        defer { found.free() }
        var reason = "it has no address"
        for candidate in found {
            // Connecting a datagram socket sends nothing; it only chooses the way.
            #if canImport(Darwin)
                let descriptor = socket(candidate.ai_family, SOCK_DGRAM, 0)
            #else
                let descriptor = socket(candidate.ai_family, Int32(SOCK_DGRAM.rawValue), 0)
            #endif
            defer { close(descriptor) }
            if connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0,
                let address = SocketAddresses.localAddress(of: descriptor)
            {
                return address
            }
            reason = String(cString: strerror(errno))
        }
        throw LaunchError.address("no network leads to \(host): \(reason)")
    }

    /// Whether the host is this machine.
    ///
    /// - Throws: ``LaunchError/address(_:)`` for an unknown host.
    func isHere() throws -> Bool {
        let found = try SocketAddresses(host: host, port: 0, isToListen: true)
        found.free()
        guard let socket = try? ListeningSocket(address: host, port: 0) else { return false }
        socket.close()
        return true
    }

    /// Waits until something takes connections there.
    ///
    /// - Returns: Whether it did so in time.
    /// - Throws: ``LaunchError/address(_:)`` for an unknown host; what `mayWait` throws.
    func waitUntilReachable(_ timeout: Duration, mayWait: () throws -> Void) throws {
        let deadline = ContinuousClock.now + timeout
        var reason = ""
        while true {
            guard let failure = try connectionFailure(within: min(timeout, .seconds(5))) else { return }
            reason = failure
            guard .now < deadline else { break }
            try mayWait()
        }
        throw LaunchError.rendezvous(
            "\(self) does not answer within \(timeout.wholeSeconds) s (\(reason)); check the address, and that the first "
                + "machine's trainer launch runs there")
    }

    private func connectionFailure(within timeout: Duration) throws -> String? {
        let found = try SocketAddresses(host: host, port: port, isToListen: false)
        defer { found.free() }
        var reason = "it has no address"
        for candidate in found {
            let descriptor = socket(candidate.ai_family, candidate.ai_socktype, candidate.ai_protocol)
            defer { close(descriptor) }
            Descriptors.closeOnExec(descriptor)
            Descriptors.unblock(descriptor)
            var failure: Int32 = 0
            if connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) != 0 {
                failure = errno
                if failure == EINPROGRESS {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    failure = ETIMEDOUT
                    if poll(&waiting, 1, Int32(clamping: Int(timeout / .milliseconds(1)))) > 0 {
                        var size = socklen_t(MemoryLayout<Int32>.size)
                        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
                    }
                }
            }
            guard failure != 0 else { return nil }
            reason = String(cString: strerror(failure)).lowercased()
        }
        return reason
    }
}

extension Duration {
    var wholeSeconds: Int { Int(self / .seconds(1)) }
}
