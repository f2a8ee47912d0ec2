import Foundation
import Testing
import Training

/// The simulated disk loses what real ones lose; otherwise the tests with it would show nothing.
@Suite(.serialized) struct SimulatedDiskTests {
    private func withDisk(_ body: (SimulatedDisk, String) throws -> Void) throws {
        try withOutput { root in
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            let disk = try SimulatedDisk(URL(filePath: root.path).resolvingSymlinksInPath())
            try body(disk, disk.root.path)
        }
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }

    private func write(_ disk: SimulatedDisk, _ path: String) throws {
        try disk.write(path) { sink in try Data("data".utf8).withUnsafeBytes { try sink($0) } }
    }

    @Test func aNameCountsOnceItsFolderIsSafe() throws {
        try withDisk { disk, root in
            try disk.createDirectory(root + "/a")
            try write(disk, root + "/a/file")
            try disk.synchronize(root + "/a")
            try disk.restart(.nothing)
            #expect(try names(root) == [])
            try disk.createDirectory(root + "/a")
            try write(disk, root + "/a/file")
            try disk.synchronize(root)
            try disk.restart(.nothing)
            #expect(try names(root) == ["a"])
            try write(disk, root + "/a/file")
            try disk.synchronize(root + "/a")
            try disk.restart(.nothing)
            #expect(try names(root) == ["a", "a/file"])
            #expect(FileManager.default.contents(atPath: root + "/a/file") == Data("data".utf8))
            #expect(disk.difference() == nil)
        }
    }

    /// What was removed from a folder stays so although the folder's new name is lost: half a folder under the old name.
    @Test func removalMayOutliveARename() throws {
        try withDisk { disk, root in
            try disk.createDirectory(root + "/a")
            for name in ["one", "two"] { try write(disk, root + "/a/" + name) }
            try disk.synchronize(root + "/a")
            try disk.synchronize(root)
            try disk.rename(root + "/a", to: root + "/b")
            try disk.remove(root + "/b/one")
            try disk.synchronize(root + "/b")
            try disk.restart(.nothing)
            #expect(try names(root) == ["a", "a/two"])
        }
    }

    @Test func filesAreTornAndCutShort() throws {
        var lengths: Set<Int> = []
        for seed in 0..<40 {
            try withDisk { disk, root in
                // The last operation is the sync.
                disk.fail(at: 3, with: .powerLoss)
                #expect(throws: FileOperationError.self) { try write(disk, root + "/file") }
                try disk.restart(.some(seed: UInt64(seed)))
                if let data = FileManager.default.contents(atPath: root + "/file") { lengths.insert(data.count) }
                disk.fail(at: 1, with: .shortWrite)
                #expect(throws: FileOperationError.self) { try write(disk, root + "/short") }
                #expect(FileManager.default.contents(atPath: root + "/short")?.count == 1)
                disk.fail(at: 0, with: .full)
                #expect(throws: FileOperationError.self) { try write(disk, root + "/full") }
                try disk.remove(root + "/short")
            }
        }
        #expect(lengths.count > 3)
    }
}
