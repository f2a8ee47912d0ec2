import Foundation
import Torch

/// Which of this machine's addresses the other ranks can reach.
enum LocalAddress {
    /// The address from which this machine reaches the store's host, for ranks on several machines.
    ///
    /// Gloo by itself takes the address of the machine's name, which is often one that no other machine reaches, or none.
    /// `GLOO_SOCKET_IFNAME` still has the last word, as in Python.
    static func binding(toward environment: LaunchEnvironment) -> ProcessGroup.Binding {
        let isChosen = ProcessInfo.processInfo.environment["GLOO_SOCKET_IFNAME"].map { !$0.isEmpty } ?? false
        guard !isChosen, environment.worldSize > environment.localWorldSize,
            let address = address(toward: environment.masterAddress, port: environment.masterPort)
        else { return .automatic }
        return .address(address)
    }

    /// This machine's own address on the way to a host; nil where there is no way, or it stays within the machine.
    static func address(toward host: String, port: Int) -> String? {
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard let addresses = try? SocketAddresses(host: name, port: port, isToListen: false) else { return nil }
        defer { addresses.free() }
        for address in addresses {
            #if canImport(Darwin)
                let descriptor = socket(address.ai_family, SOCK_DGRAM, 0)
            #else
                let descriptor = socket(address.ai_family, Int32(SOCK_DGRAM.rawValue), 0)
            #endif
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            // Nothing is sent: connecting a datagram socket only chooses a way.
            guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0, let own = ownAddress(of: descriptor)
            else { continue }
            return own.hasPrefix("127.") || own == "::1" ? nil : own
        }
        return nil
    }

    private static func ownAddress(of descriptor: Int32) -> String? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let failed = withUnsafeMutableBytes(of: &address) { bytes -> Int32 in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self)
            guard let start = pointer.baseAddress, getsockname(descriptor, start, &size) == 0 else { return -1 }
            return getnameinfo(start, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        }
        guard failed == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
