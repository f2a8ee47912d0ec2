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
        withLocalName(of: descriptor) { name in
            switch family(name) {
            case AF_INET: Int(UInt16(bigEndian: name.loadUnaligned(as: sockaddr_in.self).sin_port))
            case AF_INET6: Int(UInt16(bigEndian: name.loadUnaligned(as: sockaddr_in6.self).sin6_port))
            default: nil
            }
        }
    }

    static func localAddress(of descriptor: Int32) -> String? {
        withLocalName(of: descriptor) { text(of: $0) }
    }

    /// The numeric address in a socket's name; nil for one that is none of IP's.
    static func text(of name: UnsafeRawPointer) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isKnown =
            switch family(name) {
            case AF_INET:
                inet_ntop(
                    AF_INET, name + MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)!, &buffer, socklen_t(buffer.count))
                    != nil
            case AF_INET6:
                inet_ntop(
                    AF_INET6, name + MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)!, &buffer,
                    socklen_t(buffer.count)) != nil
            default: false
            }
        return isKnown ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private static func family(_ name: UnsafeRawPointer) -> Int32 {
        Int32(name.loadUnaligned(as: sockaddr.self).sa_family)
    }

    private static func withLocalName<Result>(of descriptor: Int32, _ body: (UnsafeRawPointer) -> Result?) -> Result? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            let name = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
            guard getsockname(descriptor, name, &size) == 0 else { return nil }
            return body(UnsafeRawPointer(name))
        }
    }
}
