import Foundation
import OrderedJSON
import PretrainedModels
import Synchronization
import Training

/// Files that only this project's own checkouts have beside them; tests that need them are skipped elsewhere.
enum Shared {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let folder: URL? = {
        let path = ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"] ?? root.path + "/../shared"
        return FileManager.default.fileExists(atPath: path + "/golden") ? URL(filePath: path) : nil
    }()

    static let minilm: URL? = {
        let path =
            ProcessInfo.processInfo.environment["SWIFT_TRAINER_MINILM"]
            ?? root.appending(path: ".deps/models/all-MiniLM-L6-v2").path
        return FileManager.default.fileExists(atPath: path + "/model.safetensors") ? URL(filePath: path) : nil
    }()

    static func golden(_ name: String) throws -> JSONValue {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        let file = folder.appending(path: "golden").appending(path: name)
        return try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }
}

enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Data(contentsOf: folder.appending(path: name)), source: name)
    }
}

extension JSONValue {
    var doubles: [Double] {
        switch self {
        case .array(let values): values.flatMap { $0.doubles }
        default: doubleValue.map { [$0] } ?? []
        }
    }
    /// A matrix of float32.
    var floats: Tensor { Tensor(arrayValue?.map { $0.doubles.map { Float($0) } } ?? []) }
    var ints: [Int] { doubles.map { Int($0) } }

    /// A matrix of integers as a tensor.
    var matrix: Tensor { Tensor(arrayValue?.map { $0.ints } ?? []) }
}

/// The largest difference, relative to 1 or to the expected size; infinite where the counts differ.
func difference(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
}

func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "models-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

extension Fixtures {
    /// A small BERT with three labels, and what Python computes with it: scripts/fixtures/models.py.
    static let tinyBert = folder.appending(path: "tiny-bert")

    /// Calls `body` with a copy of the small BERT's folder.
    static func withCopy<Result>(_ body: (URL) throws -> Result) throws -> Result {
        try withFolder { folder in
            for name in ["config.json", "model.safetensors"] {
                try FileManager.default.copyItem(
                    at: tinyBert.appending(path: name), to: folder.appending(path: name))
            }
            return try body(folder)
        }
    }

    /// Calls `body` with a new folder that is removed afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// The warnings of loading models, kept instead of printed.
final class LoadingWarnings: Sendable {
    private let kept = Mutex<[String]>([])

    init() { Warnings.send { [weak self] text in self?.kept.withLock { $0.append(text) } } }

    var lines: [String] { kept.withLock { $0 } }
}

/// The next int64 of the CPU's generator, without consuming it.
func randomProbe() -> Int {
    let generator = Generator()
    let state = generator.state()
    defer { generator.setState(state) }
    return Tensor.empty([], dtype: .int64).random_().item(as: Int.self)
}
