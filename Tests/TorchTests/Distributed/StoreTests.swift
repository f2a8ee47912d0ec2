import Foundation
import Testing

@testable import Torch

@Suite struct StoreTests {
    enum Kind: CaseIterable, Sendable { case tcp, file, hash, prefix }

    static func make(_ kind: Kind) throws -> Store {
        switch kind {
        case .tcp: try TCPStore(host: "127.0.0.1", port: 0, worldSize: 1, isServer: true, timeout: .seconds(5))
        case .file:
            try FileStore(
                path: FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())").path, worldSize: 1,
                timeout: .seconds(5))
        case .hash: try HashStore(timeout: .seconds(5))
        case .prefix: try PrefixStore("part", HashStore(timeout: .seconds(5)))
        }
    }

    @Test(arguments: Kind.allCases) func holdsKeysAndValues(_ kind: Kind) throws {
        let store = try Self.make(kind)
        try store.set("name", "value")
        #expect(try store.getString("name") == "value")
        try store.set("bytes", [0, 255, 10, 0])
        #expect(try store.get("bytes") == [0, 255, 10, 0])
        try store.set("nothing", [])
        #expect(try store.get("nothing").isEmpty)
        #expect(try store.check(["name", "bytes"]))
        #expect(try !store.check(["name", "absent"]))
        #expect(try store.add("count", 3) == 3)
        #expect(try store.add("count", -1) == 2)
        #expect(try store.getString("count") == "2")
        try store.wait(["name", "count"])
        #expect(try store.delete("name"))
        #expect(try !store.check(["name"]))
        #expect(try store.compareSet("agreed", expected: [], desired: [1]) == [1])
        #expect(try store.compareSet("agreed", expected: [7], desired: [2]) == [1])
        #expect(try store.compareSet("agreed", expected: [1], desired: [2]) == [2])
        #expect(try store.keyCount() > 0)
    }

    @Test(arguments: Kind.allCases) func waitsNoLongerThanAllowed(_ kind: Kind) throws {
        let store = try Self.make(kind)
        let start = ContinuousClock.now
        let error = #expect(throws: DistributedError.self) { try store.get("absent", timeout: .milliseconds(300)) }
        #expect(error?.kind == .timeout)
        #expect(error?.message.contains("\"absent\": nobody wrote it within 0.3 s") == true)
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test func prefixesKeepPartsApart() throws {
        let whole = try HashStore()
        let first = try PrefixStore("first", whole)
        let second = try PrefixStore("second", whole)
        try first.set("key", "1")
        try second.set("key", "2")
        #expect(try first.getString("key") == "1")
        #expect(try whole.getString("second/key") == "2")
    }

    @Test(arguments: ["127.0.0.1", "localhost", "[::1]", "::1"]) func servesOverTCP(_ host: String) throws {
        let server = try TCPStore(host: host, port: 0, worldSize: 2, isServer: true, waitsForWorkers: false)
        #expect(server.port != 0)
        let port = server.port
        try server.set("from server", "welcome")
        let got = Ranks.threads(1) { _ in
            let client = try TCPStore(host: host, port: port, worldSize: 2, timeout: .seconds(5))
            try client.set("from client", "hello")
            return try client.getString("from server", timeout: .seconds(5))
        }
        #expect(try server.getString("from client", timeout: .seconds(5)) == "hello")
        #expect(try got.first?.get() == "welcome")
    }

    @Test func takesOverAListeningSocket() throws {
        let socket = try ListeningSocket()
        let server = try TCPStore(
            host: "127.0.0.1", port: socket.port, worldSize: 1, isServer: true, listenSocket: socket.handle)
        #expect(server.port == socket.port)
        let client = try TCPStore(host: "127.0.0.1", port: socket.port, timeout: .seconds(5))
        try client.set("a", "b")
        #expect(try server.getString("a") == "b")
    }

    @Test func saysThatAPortIsInUse() throws {
        let other = try TCPStore(host: "127.0.0.1", port: 0, worldSize: 1, isServer: true)
        let error = #expect(throws: DistributedError.self) {
            try TCPStore(host: "127.0.0.1", port: other.port, worldSize: 1, isServer: true, timeout: .seconds(2))
        }
        #expect(error?.kind == .addressInUse)
        #expect(error?.message.hasPrefix("port \(other.port) is in use on this machine") == true)
    }

    @Test func saysThatNobodyListens() throws {
        let socket = try ListeningSocket()
        socket.close()
        let start = ContinuousClock.now
        let error = #expect(throws: DistributedError.self) {
            try TCPStore(host: "127.0.0.1", port: socket.port, timeout: .seconds(1))
        }
        #expect(error?.kind == .cannotConnect)
        #expect(
            error?.message.hasPrefix(
                "no connection to the store at 127.0.0.1:\(socket.port) within 1 s: Connection refused") == true)
        #expect(ContinuousClock.now - start < .seconds(4))
    }

    @Test func saysThatAHostHasNoAddress() throws {
        let error = #expect(throws: DistributedError.self) {
            try TCPStore(host: "no-such-host.invalid", port: 29500, timeout: .seconds(1))
        }
        #expect(error?.kind == .unknownHost)
        #expect(error?.message.contains("no-such-host.invalid") == true)
    }

    @Test func saysHowManyCame() throws {
        let error = #expect(throws: DistributedError.self) {
            try TCPStore(host: "127.0.0.1", port: 0, worldSize: 3, isServer: true, timeout: .seconds(1))
        }
        #expect(error?.kind == .timeout)
        #expect(error?.message.contains("not all ranks came within 1 s (1 of 3)") == true)
    }

    @Test func refusesWhatCanNotBe() throws {
        for make in [
            { try TCPStore(host: "", port: 1) }, { try TCPStore(host: "127.0.0.1", port: 0) },
            { try TCPStore(host: "127.0.0.1", port: 1, listenSocket: 3) },
            { try TCPStore(host: "127.0.0.1", port: 1, worldSize: 0) },
        ] as [@Sendable () throws -> TCPStore] {
            #expect(throws: DistributedError.self) { try make() }
        }
    }
}
