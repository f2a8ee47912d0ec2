import Foundation
import Testing
import Torch
import Training

/// What this test program does when a test has started it again, to see several processes at work.
@Suite struct LaunchRoles {
    /// Names the role; in no other process is it set.
    static let variable = "SWIFT_TRAINER_TEST_ROLE"
    static let script = "SWIFT_TRAINER_TEST_SCRIPT"

    /// Starts ranks as a program would; each then becomes a shell with the test's script.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] == "ranks"))
    func ranks() {
        let environment = ProcessInfo.processInfo.environment
        do {
            let count = Int(environment["SWIFT_TRAINER_TEST_DEVICES"] ?? "2") ?? 2
            _ = try LaunchContext.startRanksIfNeeded(devices: VisibleDevices(count: count, kind: .cpu))
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(70)
        }
        let words = ["sh", "-c", environment[Self.script] ?? "exit 71"]
        let pointers = words.map { word in strdup(word) } + [nil]
        execv("/bin/sh", pointers)
        exit(72)
    }
}

extension LaunchRoles {
    /// An agent of a machine, whose ranks are shells with the test's script.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[variable] == "launch"))
    func launch() {
        let environment = ProcessInfo.processInfo.environment
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        do {
            var launch = ElasticLaunch(
                program: environment["TEST_PROGRAM"].map { [$0] } ?? ["/bin/sh", "-c", environment[Self.script] ?? ""])
            launch.ranksPerNode = number("TEST_RANKS") ?? 2
            launch.nodes = (number("TEST_FEWEST") ?? 1)...(number("TEST_MOST") ?? 1)
            launch.nodeRank = number("TEST_NODE_RANK")
            launch.endpoint = try environment["TEST_ENDPOINT"].map { try LaunchEndpoint($0) }
            launch.maxRestarts = number("TEST_RESTARTS") ?? 0
            launch.timeout = .seconds(number("TEST_TIMEOUT") ?? 170)
            launch.monitorInterval = .milliseconds(50)
            launch.lastCall = .milliseconds(300)
            launch.keepAliveInterval = .milliseconds(300)
            launch.keepAliveMaxAttempts = number("TEST_KEEP_ALIVE") ?? 30
            exit(try launch.run())
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(70)
        }
    }
}

/// This test program in a role.
final class RoleProcess {
    let process = Process()
    private let folder = temporaryLaunchFolder()
    /// Found in the environment of all processes that come from it.
    private let mark = UUID().uuidString
    private let started = ContinuousClock.now

    /// - Parameter script: What each rank does, in the shell's language; `$DIR` is a folder of the test's own.
    init(_ role: String = "ranks", script: String, _ variables: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["--testing-library", "swift-testing", "--filter", "LaunchRoles"]
        var environment = ProcessInfo.processInfo.environment
        environment["OMP_NUM_THREADS"] = nil
        environment.merge(variables) { $1 }
        environment[LaunchRoles.variable] = role
        environment[LaunchRoles.script] = script
        environment["SWIFT_TRAINER_TEST_MARK"] = mark
        environment["DIR"] = folder.path
        process.environment = environment
        process.standardOutput = try file("out")
        process.standardError = try file("err")
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        for id in leftovers { kill(id, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    private func file(_ name: String) throws -> FileHandle {
        let url = folder.appending(path: name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    /// Waits until the ranks have made these files.
    func waitForFiles(_ names: String...) throws {
        try wait("\(names)") { names.allSatisfy { FileManager.default.fileExists(atPath: folder.path + "/" + $0) } }
    }

    /// Makes a file that the ranks look for.
    func make(_ name: String) throws { try Data().write(to: folder.appending(path: name)) }

    /// Waits for the end.
    /// - Returns: The exit code, as a shell would have it.
    @discardableResult
    func end() throws -> Int32 {
        try wait("the end") { !process.isRunning }
        seconds = (ContinuousClock.now - started) / .seconds(1)
        return process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    }
    private(set) var seconds = 0.0

    func wait(_ what: String, _ isDone: () -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(180)
        while !isDone() {
            guard .now < deadline else { throw Overdue(what: what, output: output, errors: errors) }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    struct Overdue: Error {
        let what: String
        let output: String
        let errors: String
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    var output: String { text("out") }
    var errors: String { text("err") }
    var outputLines: Set<String> { Set(output.split(separator: "\n").map { String($0) }) }
    func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }

    /// The processes that come from this one and are still there; the guard that ends them has no environment, but ends by
    /// itself.
    var leftovers: [pid_t] {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        return ids.filter { id in
            guard id != getpid(), let data = FileManager.default.contents(atPath: "/proc/\(id)/environ") else {
                return false
            }
            return data.range(of: Data("SWIFT_TRAINER_TEST_MARK=\(mark)".utf8)) != nil
        }
    }
}

func temporaryLaunchFolder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "launch-\(UUID().uuidString)")
}
