import Foundation

/// A bound TCP socket that takes connections, to be handed to whatever serves them.
struct ListeningSocket {
    let descriptor: Int32
    /// An address of this machine that leads to it.
    let address: String
    /// The port, which the system chose where 0 was asked for.
    let port: Int

    /// - Parameters:
    ///   - address: A numeric address of this machine, IPv4 or IPv6; nil: all of them.
    ///   - port: 0 takes a free one.
    /// - Throws: ``LaunchError/address(_:)``
    init(address: String?, port: Int) throws {
        let found = try SocketAddresses(host: address, port: port, isToListen: true)
        defer { found.free() }
        self.address = address ?? "127.0.0.1"
        var failure = "it has no address"
        for candidate in found {
            do {
                (descriptor, self.port) = try Self.open(candidate)
                return
            } catch {
                failure = error.reason
            }
        }
        throw LaunchError.address(
            "cannot listen on \(SocketAddresses.text(host: address ?? "*", port: port)): \(failure)")
    }

    func close() { Foundation.close(descriptor) }

    private struct SocketFailure: Error {
        let reason: String
    }

    private static func open(_ candidate: addrinfo) throws(SocketFailure) -> (Int32, Int) {
        #if canImport(Darwin)
            let descriptor = socket(candidate.ai_family, candidate.ai_socktype, candidate.ai_protocol)
            Descriptors.closeOnExec(descriptor)
        #else
            let kind = candidate.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
            let descriptor = socket(candidate.ai_family, kind, candidate.ai_protocol)
        #endif
        func failed() -> SocketFailure {
            let reason =
                errno == EADDRINUSE ? "the port is in use; choose another" : String(cString: strerror(errno))
            if descriptor >= 0 { Foundation.close(descriptor) }
            return SocketFailure(reason: reason)
        }
        guard descriptor >= 0 else { throw failed() }
        var (yes, no): (Int32, Int32) = (1, 0)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        if candidate.ai_family == AF_INET6 {
            setsockopt(
                descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, socklen_t(MemoryLayout<Int32>.size))
        }
        guard bind(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0, listen(descriptor, 4096) == 0,
            let port = SocketAddresses.localPort(of: descriptor)
        else { throw failed() }
        return (descriptor, port)
    }
}
