import Foundation
import LocalFiles
import Synchronization

/// A file for content that is on its way, which no other process writes: `<etag>.<process>.<host>.<number>.incomplete`.
///
/// On some file systems (Lustre, NFS without locks) the lock of the content lets everybody in. With a file of its own each
/// process then reads the whole content, and no two mix theirs. What a process leaves, `<etag>.incomplete` or the file of a
/// dead one, is taken over by the next, under its own name, and gone on with.
final class PartialClaim: Sendable {
    let path: String
    private let shared: String
    private static let own = Mutex<Set<String>>([])
    private static let ending = ".incomplete"
    /// One of another host that was not written for so long is nobody's.
    private static let abandonedAfter: TimeInterval = 3600

    /// - Parameter shared: `<etag>.incomplete`.
    init(_ shared: String) {
        self.shared = shared
        let stem = String(shared.dropLast(Self.ending.count))
        let number = String(UInt32.random(in: .min ... .max), radix: 16)
        path = "\(stem).\(getpid()).\(Self.host).\(number)\(Self.ending)"
        _ = Self.own.withLock { [path] in $0.insert(path) }
        for place in [shared] + Self.abandoned(stem) where rename(place, path) == 0 { break }
    }

    deinit { _ = Self.own.withLock { $0.remove(path) } }

    /// Leaves what was read to the next who wants the content.
    func giveBack() { _ = rename(path, shared) }

    /// To be called when the content is in its place: what others left of it is of no use any more.
    func finish() {
        for place in Self.abandoned(String(shared.dropLast(Self.ending.count))) { unlink(place) }
    }

    private static func abandoned(_ stem: String) -> [String] {
        let (folder, name) = ((stem as NSString).deletingLastPathComponent, (stem as NSString).lastPathComponent)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { file in
            guard file.hasPrefix(name + "."), file.hasSuffix(ending) else { return false }
            // process, host, number: other names are those of other programs.
            let parts = file.dropFirst(name.count + 1).dropLast(ending.count).split(separator: ".")
            let path = "\(folder)/\(file)"
            guard parts.count == 3, let process = pid_t(parts[0]), process > 0 else { return false }
            if parts[1] == host {
                let isOurs = process == getpid()
                return isOurs
                    ? !own.withLock { $0.contains(path) } : kill(process, 0) != 0 && errno == ESRCH
            }
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let date = attributes?[.modificationDate] as? Date else { return false }
            return Date().timeIntervalSince(date) > abandonedAfter
        }.map { "\(folder)/\($0)" }
    }

    /// The machine's name without what separates the parts.
    static let host: String = {
        let name = FileLock.hostName.unicodeScalars.prefix(24).map { scalar -> Character in
            scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        return String(name)
    }()
}
