import Foundation
import OrderedJSON

/// Files that only this project's own checkouts have beside them; tests that need them are skipped elsewhere.
enum Shared {
    static let folder: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"] ?? root.path + "/../shared"
        return FileManager.default.fileExists(atPath: path + "/golden") ? URL(filePath: path) : nil
    }()

    static func golden(_ name: String) throws -> JSONValue {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        let file = folder.appending(path: "golden").appending(path: name)
        return try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }
}

extension JSONValue {
    var doubles: [Double] {
        switch self {
        case .array(let values): values.flatMap { $0.doubles }
        default: doubleValue.map { [$0] } ?? []
        }
    }
}

/// The largest relative difference; infinite where the counts differ.
func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { $0 == $1 ? 0 : abs($0 - $1) / max(abs($1), 1e-12) }.max() ?? 0
}

func temporaryFolder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
}
