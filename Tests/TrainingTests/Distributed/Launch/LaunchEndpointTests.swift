import Foundation
import Testing

@testable import Training

struct LaunchEndpointTests {
    @Test(arguments: [
        ("host", "host", 29_400), ("host:1", "host", 1), ("10.0.0.1:65535", "10.0.0.1", 65_535),
        ("[::1]:80", "::1", 80),
        ("[::1]", "::1", 29_400), ("fe80::1", "fe80::1", 29_400),
    ])
    func reads(_ text: String, _ host: String, _ port: Int) throws {
        #expect(try LaunchEndpoint(text) == LaunchEndpoint(host: host, port: port))
    }

    @Test(arguments: ["", ":1", "host:", "host:0", "host:65536", "host:x", "[::1", "[::1]x", "a b:1", "host:-1"])
    func refuses(_ text: String) {
        let error = #expect(throws: LaunchError.self) { try LaunchEndpoint(text) }
        #expect(error?.description.hasPrefix("'\(text)' is no address: ") == true)
    }

    @Test func knowsThisMachine() throws {
        #expect(try LaunchEndpoint("127.0.0.1").isHere())
        #expect(try !LaunchEndpoint("192.0.2.1").isHere())
        #expect(try LaunchEndpoint("127.0.0.1").localAddress() == "127.0.0.1")
        #expect(throws: LaunchError.self) { try LaunchEndpoint("no-such-host.invalid").isHere() }
    }

    @Test func aPortInUseIsNamed() throws {
        let socket = try ListeningSocket(address: "127.0.0.1", port: 0)
        defer { socket.close() }
        #expect(
            throws: LaunchError.address(
                "cannot listen on 127.0.0.1:\(socket.port): the port is in use; choose another")
        ) { try ListeningSocket(address: "127.0.0.1", port: socket.port) }
        try LaunchEndpoint(host: "127.0.0.1", port: socket.port).waitUntilReachable(.seconds(5)) {}
    }

    @Test func anAddressThatDoesNotAnswerEndsInTime() throws {
        let socket = try ListeningSocket(address: "127.0.0.1", port: 0)
        socket.close()
        let started = ContinuousClock.now
        let error = #expect(throws: LaunchError.self) {
            try LaunchEndpoint(host: "127.0.0.1", port: socket.port).waitUntilReachable(.milliseconds(300)) {
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
        #expect(error?.description.contains("(connection refused)") == true)
        #expect(.now - started < .seconds(20))
    }

    @Test func interfacesHaveAddresses() throws {
        #if os(Linux)
            #expect(try NetworkInterface.address(of: "lo") == "127.0.0.1")
        #endif
        let error = #expect(throws: LaunchError.self) { try NetworkInterface.address(of: "none9") }
        #expect(
            error?.description.hasPrefix("there is no network interface 'none9' with an address; there are: ") == true)
    }
}
