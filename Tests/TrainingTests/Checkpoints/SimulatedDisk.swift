import Foundation
import Synchronization
import Torch
import Training

/// A disk that can fail and lose power, mirrored in a real folder that the trainer reads.
///
/// The model of what a loss of power leaves: of a file what was there when it was last forced to the disk, and of what came
/// later any part; of a folder the names that it had when it was last forced, and of the later changes any that fit. A
/// failed sync makes nothing safe, and a later one does not make good for it, as on Linux.
final class SimulatedDisk: FileOperations {
    /// What happens at an operation.
    enum Fault: Hashable, Sendable {
        /// The disk is full from here on: nothing new can be written; the rest works.
        case full
        /// This operation fails.
        case error
        /// Half of the bytes are written.
        case shortWrite
        /// The machine stops.
        case powerLoss
    }

    /// The smallest steps that can fail.
    enum Operation: Hashable, Sendable { case makeFolder, createFile, data, sync, rename, unlink }

    /// What survives of all that was not forced to the disk.
    enum Survivors: Hashable, Sendable {
        case nothing, everything
        /// Any part, torn files among it.
        case some(seed: UInt64)
    }

    let root: URL
    private let state: Mutex<DiskState>

    /// - Parameter root: A folder that exists; what is in it at first is on the disk.
    init(_ root: URL) throws {
        self.root = root
        state = Mutex(DiskState(root: root.path))
        try state.withLock { try $0.adopt() }
    }

    /// Lets the operation of that number, from 0 on, go wrong.
    func fail(at number: Int?, with fault: Fault = .error) {
        state.withLock {
            $0.plan = number.map { ($0, fault) }
            $0.operations = []
            $0.isFull = false
        }
    }

    /// All operations since the last call of ``fail(at:with:)``.
    var operations: [Operation] { state.withLock { $0.operations } }

    /// What the machine finds when it runs again: the real folder is made to be that.
    func restart(_ survivors: Survivors) throws { try state.withLock { try $0.restart(survivors) } }

    /// Where the real folder is not what the operations made of it; nil: nowhere.
    func difference() -> String? { state.withLock { $0.difference() } }

    // MARK: Operations

    func createDirectory(_ path: String) throws {
        try state.withLock { disk in
            if case .folder? = disk.find(path) { return }
            try disk.begin(.makeFolder, path)
            try disk.link(.folder(.init()), path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
    }

    func write(_ path: String, _ body: (ByteSink) throws -> Void) throws {
        try state.withLock { disk in
            try disk.begin(.createFile, path)
            try disk.link(.file(.init()), path)
            try Data().write(to: URL(filePath: path))
        }
        var contents = Data()
        try body { contents.append(contentsOf: $0) }
        let middle = contents.count / 2
        for part in [contents[..<middle], contents[middle...]] {
            try state.withLock { try $0.append(Data(part), path) }
        }
        try synchronize(path)
    }

    func synchronize(_ path: String) throws {
        try state.withLock { disk in
            do { try disk.begin(.sync, path) } catch {
                disk.loseSync(path)
                throw error
            }
            disk.synchronize(path)
        }
    }

    func rename(_ path: String, to newPath: String) throws {
        try state.withLock { disk in
            try disk.begin(.rename, path)
            try disk.rename(path, newPath)
            guard Foundation.rename(path, newPath) == 0 else {
                throw FileOperationError("cannot rename \(path): \(String(cString: strerror(errno)))")
            }
        }
    }

    func remove(_ path: String) throws {
        try state.withLock { disk in
            guard disk.find(path) != nil else { throw FileOperationError("cannot remove \(path): it is not there") }
            for name in disk.below(path) {
                try disk.begin(.unlink, name)
                try disk.unlink(name)
                try FileManager.default.removeItem(atPath: name)
            }
        }
    }
}
