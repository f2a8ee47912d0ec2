internal import Foundation

/// The folder where converted and mapped data sets are kept: one folder an entry, whole or not there at all, safe for
/// several processes at once.
///
/// It lies beside Python's own entries, in a folder `swift` of `HF_DATASETS_CACHE`, or of `HF_HOME/datasets`, or of
/// `~/.cache/huggingface/datasets`.
struct DatasetsCache: Sendable {
    let folder: String

    /// - Parameter folder: in place of the one that the environment names; as Python's `cache_dir`.
    init(folder: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.folder = "\(folder ?? Self.standardFolder(environment))/swift"
    }

    private static func standardFolder(_ environment: [String: String]) -> String {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : NSString(string: $0).expandingTildeInPath }
        }
        if let own = value("HF_DATASETS_CACHE") { return own }
        if let home = value("HF_HOME") { return "\(home)/datasets" }
        let caches = value("XDG_CACHE_HOME") ?? "\(NSHomeDirectory())/.cache"
        return "\(caches)/huggingface/datasets"
    }

    /// The folder of an entry, which is built first where it isn't there. Of several processes one builds, and the
    /// others wait.
    ///
    /// - Parameters:
    ///   - kind: the beginning of the folder's name, for people.
    ///   - key: everything that the entry's content depends on.
    ///   - build: fills the folder that it is given, under a temporary name.
    /// - Throws: what `build` throws; ``DatasetError/unwritableFile(path:problem:)``
    func entry(kind: String, key: String, build: (_ folder: String) throws -> Void) throws -> String {
        let name = "\(kind)-\(Self.digest(key))"
        let path = "\(folder)/\(name)"
        if try holds(path, key) { return path }
        try Self.createFolder(folder)
        let lock = try FileLock(path: "\(path).lock")
        defer { lock.unlock() }
        if try holds(path, key) { return path }
        // Whoever left these behind holds the lock no more.
        for left in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where left.hasPrefix("\(name).incomplete") {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(left)")
        }
        let temporary = "\(path).incomplete-\(UUID().uuidString)"
        try Self.createFolder(temporary)
        do {
            try build(temporary)
            try DurableFile.write(Data(key.utf8), to: "\(temporary)/\(Self.keyName)")
            try DurableFile.rename(temporary, to: path)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
        return path
    }

    private static let keyName = "key.txt"

    private func holds(_ path: String, _ key: String) throws -> Bool {
        guard let found = FileManager.default.contents(atPath: "\(path)/\(Self.keyName)") else { return false }
        guard found == Data(key.utf8) else {
            throw DatasetError.storage(problem: "\(path) belongs to other data; delete it")
        }
        return true
    }

    static func createFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw DatasetError.unwritableFile(
                path: path, problem: Excerpt.of((error as NSError).localizedDescription, limit: 200))
        }
    }

    /// 128 bits of FNV-1a: entries also hold their whole key, so that no two can be mixed up.
    static func digest(_ text: String) -> String {
        var (low, high): (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x6C62_272E_07BB_0142)
        for byte in text.utf8 {
            low = (low ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            high = (high ^ UInt64(byte) ^ low >> 32) &* 0x0000_0100_0000_01B3
        }
        return [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// An exclusive lock between processes, and between threads.
struct FileLock {
    private let descriptor: Int32

    /// Waits until the lock is free.
    /// - Throws: ``DatasetError/unwritableFile(path:problem:)``
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatasetError.unwritableFile(path: path, problem: String(cString: strerror(errno)))
        }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let problem = String(cString: strerror(errno))
                close(descriptor)
                throw DatasetError.unwritableFile(path: path, problem: problem)
            }
        }
    }

    func unlock() { close(descriptor) }
}

/// Files that are on the disk, not only on their way, once a call returns.
enum DurableFile {
    static func write(_ data: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        try data.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure(path)
                }
                written += count
            }
        }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// Renames a file or folder, and makes that durable.
    static func rename(_ path: String, to target: String) throws {
        guard Foundation.rename(path, target) == 0 else { throw failure(target) }
        let parent = (target as NSString).deletingLastPathComponent
        let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        close(folder)
    }

    private static func failure(_ path: String) -> DatasetError {
        .unwritableFile(path: path, problem: String(cString: strerror(errno)))
    }
}
