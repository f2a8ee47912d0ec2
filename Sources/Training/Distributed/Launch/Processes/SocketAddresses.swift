import Foundation

/// What a host's name stands for.
struct SocketAddresses: Sequence {
    private let first: UnsafeMutablePointer<addrinfo>

    /// - Parameters:
    ///   - host: A name or a numeric address; nil: all addresses of this machine.
    ///   - isToListen: Whether a socket is to listen there, rather than connect.
    /// - Throws: ``LaunchError/address(_:)`` for a name that nobody knows.
    init(host: String?, port: Int, isToListen: Bool) throws {
        var hints = addrinfo()
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        if isToListen { hints.ai_flags = AI_PASSIVE }
        var found: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host, "\(port)", &hints, &found)
        guard failure == 0, let found else {
            throw LaunchError.address(
                "there is no host '\(host ?? "*")': \(String(cString: gai_strerror(failure)))")
        }
        first = found
    }

    func free() { freeaddrinfo(first) }

    func makeIterator() -> some IteratorProtocol<addrinfo> {
        // IPv6 sockets that listen take IPv4 too, so that they come first.
        sequence(first: first) { $0.pointee.ai_next }.map { $0.pointee }
            .sorted { $0.ai_family == AF_INET6 && $1.ai_family != AF_INET6 }.makeIterator()
    }

    /// `host:port`, with brackets around an IPv6 address.
    static func text(host: String, port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    static func localPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let failed = withUnsafeMutableBytes(of: &address) {
            getsockname(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress!, &size)
        }
        guard failed == 0 else { return nil }
        return withUnsafeBytes(of: &address) { bytes in
            switch Int32(Self.family(bytes)) {
            case AF_INET: Int(UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in.self).sin_port))
            case AF_INET6: Int(UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_port))
            default: nil
            }
        }
    }

    private static func family(_ bytes: UnsafeRawBufferPointer) -> sa_family_t {
        bytes.loadUnaligned(as: sockaddr.self).sa_family
    }
}
