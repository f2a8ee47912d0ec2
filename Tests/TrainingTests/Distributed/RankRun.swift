import Foundation
import OrderedJSON
import Testing

@testable import Training

/// Runs `RankProgram` on several ranks: started here with the variables of a launcher, or starting itself.
struct RankRun {
    /// What each rank left.
    let results: [JSONValue]
    /// Exit codes; of a program that starts its ranks itself, one.
    let codes: [Int32]
    let errors: String

    /// The configuration's file beside what the ranks leave.
    static func start(
        _ configuration: JSONObject, ranks: Int, variables: [String: String] = [:], startsItself: Bool = false,
        timeout: TimeInterval = 120
    ) throws -> RankRun {
        let folder = temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try start(
            configuration, in: folder, ranks: ranks, variables: variables, startsItself: startsItself, timeout: timeout)
    }

    static func start(
        _ configuration: JSONObject, in folder: URL, ranks: Int, variables: [String: String] = [:],
        startsItself: Bool = false, timeout: TimeInterval = 120
    ) throws -> RankRun {
        var configuration = configuration
        var arguments = configuration["arguments"]?.objectValue ?? JSONObject()
        arguments["output_dir"] = .string(folder.path)
        arguments["use_cpu"] = true
        arguments["report_to"] = "none"
        arguments["disable_tqdm"] = true
        if startsItself, configuration["devices"] == nil { arguments["nproc"] = .int(ranks) }
        configuration["arguments"] = .object(arguments)
        let file = folder.appending(path: "configuration.json")
        try Data(JSONValue.object(configuration).serializedBytes()).write(to: file)
        let port = try freePort()
        let processes = try (0..<(startsItself ? 1 : ranks)).map { rank in
            let process = Process()
            process.executableURL = program
            process.arguments = [file.path]
            var environment = ProcessInfo.processInfo.environment
            environment["OMP_NUM_THREADS"] = "1"
            if !startsItself, ranks > 1 {
                environment.merge(
                    [
                        "RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "\(ranks)",
                        "LOCAL_WORLD_SIZE": "\(ranks)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
                    ], uniquingKeysWith: { $1 })
            }
            environment.merge(variables, uniquingKeysWith: { $1 })
            process.environment = environment
            let log = folder.appending(path: "errors.\(rank)")
            try Data().write(to: log)
            let handle = try FileHandle(forWritingTo: log)
            process.standardError = handle
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            return process
        }
        let deadline = Date(timeIntervalSinceNow: timeout)
        for process in processes {
            while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                Issue.record("a rank did not end within \(timeout) s")
            }
            process.waitUntilExit()
        }
        let errors = try processes.indices.map { rank in
            try String(contentsOf: folder.appending(path: "errors.\(rank)"), encoding: .utf8)
        }
        let results = (0..<ranks).compactMap { rank in
            try? JSONValue(parsing: Data(contentsOf: folder.appending(path: "result.\(rank).json")))
        }
        return RankRun(
            results: results,
            codes: processes.map { $0.terminationReason == .exit ? $0.terminationStatus : 128 + $0.terminationStatus },
            errors: errors.joined())
    }

    /// Beside the tests.
    private static let program: URL = {
        #if os(macOS)
            let folder = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
                .deletingLastPathComponent()
            return (folder ?? URL(filePath: ".build/debug")).appending(path: "RankProgram")
        #else
            return URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
                .appending(path: "RankProgram")
        #endif
    }()

    /// A port that nobody listens at now.
    static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
