import Foundation
import Testing

@testable import Torch

/// Ranks that are processes, one of which is killed.
@Suite struct LostPeerTests {
    @Test func aKilledRankEndsTheOthers() throws {
        let server = try TCPStore(host: "127.0.0.1", port: 0, isServer: true)
        let ranks = try (0..<3).map { try RankProcess(rank: $0, of: 3, port: server.port, seconds: 20, "reduce") }
        defer { ranks.forEach { $0.kill() } }
        for rank in ranks { #expect(rank.nextLine() == "ready") }
        Thread.sleep(forTimeInterval: 0.3)
        let start = ContinuousClock.now
        ranks[1].kill()
        for rank in [ranks[0], ranks[2]] {
            let line = rank.nextLine() ?? ""
            #expect(line.hasPrefix("peerLost: rank ") && line.contains("of 3, allReduce: "), "\(line)")
            #expect(rank.exitStatus() == 3)
        }
        #expect(ContinuousClock.now - start < .seconds(22))
    }

    @Test func aProcessEndsWithWorkPending() throws {
        let server = try TCPStore(host: "127.0.0.1", port: 0, isServer: true)
        let ranks = try (0..<2).map { try RankProcess(rank: $0, of: 2, port: server.port, seconds: 60, "pending") }
        defer { ranks.forEach { $0.kill() } }
        #expect(ranks[0].nextLine() == "ready")
        let start = ContinuousClock.now
        #expect(ranks[0].nextLine() == "done")
        #expect(ranks[0].exitStatus() == 0)
        #expect(ContinuousClock.now - start < .seconds(8))
    }
}

private final class RankProcess {
    private let process = Process()
    private let output = Pipe()
    private var unread = Data()

    init(rank: Int, of worldSize: Int, port: UInt16, seconds: Int, _ what: String) throws {
        process.executableURL = try Self.program()
        process.arguments = [rank, worldSize, Int(port), seconds].map(String.init) + [what]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Beside the tests' bundle.
    private static func program() throws -> URL {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let program = folder.appending(path: "TorchRank")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
            folder.deleteLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// nil at the end.
    func nextLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = Data(unread[unread.index(after: end)...]) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            unread.append(more)
        }
    }

    func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    func exitStatus() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
