import Foundation
import Testing

/// The real program, run as a person would.
struct TrainerProcess {
    let code: Int32
    let output: String
    let errors: String

    /// The last line on standard error.
    var lastError: String { errors.split(separator: "\n").last.map(String.init) ?? "" }

    static func run(
        _ words: [String], input: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> TrainerProcess {
        try start(words, input: input).wait()
    }

    /// - Parameters:
    ///   - terminal: Takes the place of the file for standard error.
    ///   - more: Variables of the environment.
    static func start(
        _ words: [String], input: String? = nil, terminal: PseudoTerminal? = nil,
        environment more: [String: String] = [:]
    ) throws -> Running {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = program
        process.arguments = words
        var environment = ProcessInfo.processInfo.environment
        // Small models are slower on several threads, most of all beside other tests.
        environment["OMP_NUM_THREADS"] = "1"
        environment.merge(more) { $1 }
        process.environment = environment
        let (out, err) = (try folder.emptyFile("out"), try folder.emptyFile("err"))
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try terminal?.slave ?? FileHandle(forWritingTo: err)
        let text = try folder.write("in", input ?? "")
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: text))
        try process.run()
        return Running(process: process, folder: folder, out: out, err: err)
    }

    /// A program that has been started.
    struct Running {
        let process: Process
        let folder: TemporaryFolder
        let out: URL
        let err: URL

        func wait() throws -> TrainerProcess {
            process.waitUntilExit()
            return TrainerProcess(
                code: process.terminationStatus, output: try String(contentsOf: out, encoding: .utf8),
                errors: try String(contentsOf: err, encoding: .utf8))
        }
    }

    /// `trainer` stands beside the tests' own program.
    private static var program: URL {
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "trainer")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../.build/debug/trainer")
            .standardizedFileURL
    }
}

/// A folder that goes when the test does.
final class TemporaryFolder {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "trainer-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a file and returns its path.
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name))
        return path(name)
    }

    func emptyFile(_ name: String) throws -> URL { URL(filePath: try write(name, "")) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
