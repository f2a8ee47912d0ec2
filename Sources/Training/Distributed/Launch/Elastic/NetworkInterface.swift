import Foundation

/// A network interface of this machine.
enum NetworkInterface {
    /// Its address, IPv4 where it has one.
    ///
    /// - Throws: ``LaunchError/address(_:)`` for one that is not there or has no address; it names those that have.
    static func address(of name: String) throws -> String {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0, let first else {
            throw LaunchError.address("the network interfaces can't be listed: \(String(cString: strerror(errno)))")
        }
        defer { freeifaddrs(first) }
        var found: [(name: String, family: Int32, address: String)] = []
        for entry in sequence(first: first, next: { $0.pointee.ifa_next }) {
            guard let address = entry.pointee.ifa_addr,
                let text = SocketAddresses.text(of: UnsafeRawPointer(address))
            else { continue }
            found.append((String(cString: entry.pointee.ifa_name), Int32(address.pointee.sa_family), text))
        }
        // Addresses of one link only mean nothing to other machines.
        let own = found.filter { $0.name == name && !$0.address.hasPrefix("fe80:") }
        guard let chosen = own.first(where: { $0.family == AF_INET }) ?? own.first else {
            let names = Set(found.map { $0.name }).sorted().joined(separator: ", ")
            throw LaunchError.address("there is no network interface '\(name)' with an address; there are: \(names)")
        }
        return chosen.address
    }
}
