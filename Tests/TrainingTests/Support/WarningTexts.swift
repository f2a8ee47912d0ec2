import Foundation
import Synchronization
import Training

/// The warnings of `body`.
func warnings(_ body: () throws -> Void) rethrows -> [String] {
    let seen = WarningTexts()
    Warnings.send { seen.add($0) }
    defer { Warnings.send { FileHandle.standardError.write(Data("warning: \($0)\n".utf8)) } }
    try body()
    return seen.all
}

private final class WarningTexts: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}
