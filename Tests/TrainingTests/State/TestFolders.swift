import Foundation

/// The folder of recorded Python runs, which a checkout may have beside it.
let sharedFolder =
    ProcessInfo.processInfo.environment["SWIFT_TRAINER_SHARED"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../../shared")

/// A file under `Tests/TrainingTests/Fixtures`.
func fixtureURL(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/\(name)")
}
