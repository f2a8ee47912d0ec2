import Foundation
import Testing

@testable import LocalFiles

@Suite struct DurableFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "durable-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private struct Stop: Error {}

    @Test func aFileIsReplacedWhole() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "f").path
        try DurableFile.replace(path, Data("old".utf8))
        let piece = [UInt8](repeating: 7, count: 70_000)
        try DurableFile.replace(path) { sink in
            try ([1, 2] as [UInt8]).withUnsafeBytes(sink)
            try piece.withUnsafeBytes(sink)
            try ([3] as [UInt8]).withUnsafeBytes(sink)
        }
        #expect(FileManager.default.contents(atPath: path) == Data([1, 2] + piece + [3]))
    }

    @Test func aFailureLeavesTheOldOneAlone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "f").path
        try DurableFile.replace(path, Data("old".utf8))
        #expect(throws: Stop.self) {
            try DurableFile.replace(path) { sink in
                try ([1] as [UInt8]).withUnsafeBytes(sink)
                throw Stop()
            }
        }
        #expect(FileManager.default.contents(atPath: path) == Data("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["f"])
        let failure = #expect(throws: FileFailure.self) { try DurableFile.replace("/nonexistent/f", Data()) }
        #expect(failure?.path == "/nonexistent/f")
    }
}
