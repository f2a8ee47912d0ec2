import Foundation
import Torch

/// Where the tests' files are.
enum SerializationFixtures {
    private static let testsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// A file that `scripts/fixtures/serialization.py` made.
    static func url(_ name: String) -> URL { testsFolder.appending(path: "Fixtures/serialization/\(name)") }

    static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

    /// The shared folder of golden files, where there is one.
    static let shared: URL? = {
        let root = testsFolder.deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"]
        let url = path.map { URL(filePath: $0) } ?? root.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: url.appending(path: "golden").path) ? url : nil
    }()
}

/// A folder that is removed with the object.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "serialization-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appending(path: name) }

    /// Writes `bytes` to a file and gives its address.
    func write(_ bytes: [UInt8], as name: String = "file") throws -> URL {
        try Data(bytes).write(to: file(name))
        return file(name)
    }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }
}

/// The bytes that a writer hands to its sink.
func collected(_ write: (ByteSink) throws -> Void) rethrows -> [UInt8] {
    var bytes: [UInt8] = []
    try write { bytes.append(contentsOf: $0) }
    return bytes
}
