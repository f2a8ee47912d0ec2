import Foundation
import Synchronization

/// Content that is being read into a file beside its place, from where an earlier try ended.
final class PartialFile: HubResponseReceiver {
    private struct State {
        /// Bytes in the file.
        var length: Int
        /// Bytes of the whole content, once known.
        var size: Int?
        /// Over the bytes in the file; nil until the size is known, and where content of this name cannot be checked.
        var hash: ContentHash?
        /// Whether some bytes are of an earlier try.
        var isResumed: Bool
        /// From where the request that is under way was asked to go on.
        var offset = 0
        /// Bytes of the answer that the file has already.
        var skipped = 0
    }

    private let file: FileDescriptor
    private let name: String
    private let checksum: Checksum?
    private let tally: TransferTally
    private let state: Mutex<State>

    /// - Parameters:
    ///   - place: The file; its content is gone on with.
    ///   - name: What the file is called in messages.
    ///   - size: Bytes of the whole content; nil where that is not known.
    ///   - checksum: What the content's hash must be; nil where that is not known.
    ///   - isCancelled: Whether what is there need not be hashed to its end.
    /// - Throws: ``HubError/file(path:reason:)``.
    init(
        _ place: String, name: String, size: Int?, checksum: Checksum?, tally: TransferTally,
        isCancelled: () -> Bool
    ) throws(HubError) {
        file = try FileDescriptor(place, .readWrite)
        self.name = name
        self.checksum = checksum
        self.tally = tally
        var length = try file.size()
        // What cannot be checked is not gone on with.
        if size == nil || checksum == nil || length > size ?? 0 {
            try file.truncate(to: 0)
            length = 0
        }
        state = Mutex(State(length: length, size: size, hash: nil, isResumed: length > 0))
        if let size { try startHash(size, isCancelled) }
        tally.add(bytes: length)
    }

    var length: Int { state.withLock { $0.length } }
    var isResumed: Bool { state.withLock { $0.isResumed } }
    /// Whether as many bytes are there as the content has; nil where that is not known.
    var isComplete: Bool? { state.withLock { state in state.size.map { $0 == state.length } } }

    private func startHash(_ size: Int, _ isCancelled: () -> Bool = { false }) throws(HubError) {
        guard let checksum else { return }
        var hash = ContentHash(checksum.kind, size: size)
        try file.forEachPiece(upTo: length, isCancelled: isCancelled) { hash.update($0) }
        state.withLock { $0.hash = hash }
    }

    /// Forgets all that was read.
    func restart() throws(HubError) {
        try file.truncate(to: 0)
        let (length, size) = state.withLock { state in
            defer {
                state.length = 0
                state.isResumed = false
                state.hash = nil
            }
            return (state.length, state.size)
        }
        tally.add(bytes: -length)
        if let size { try startHash(size) }
    }

    /// To be called before each request; tells from where to ask.
    func prepare() -> Int {
        state.withLock { state in
            state.offset = state.length
            state.skipped = 0
            state.isResumed = state.isResumed || state.offset > 0
            return state.offset
        }
    }

    func receive(_ head: HubResponseHead) throws {
        let (offset, known) = state.withLock { ($0.offset, $0.size) }
        let size: Int?
        if head.status == 206 {
            guard let range = ContentRange(head["content-range"] ?? ""), range.first == offset else {
                throw HubError.malformedAnswer(url: head.url.forMessages, reason: "it is not the part asked for")
            }
            size = range.total
        } else {
            let isPlain = (head["content-encoding"] ?? "identity").lowercased() == "identity"
            size = isPlain ? head["content-length"].flatMap { Int($0) } : nil
            // The server gives the whole content, of which the beginning is there.
            state.withLock { $0.skipped = offset }
        }
        guard let size else { return }
        guard let known else {
            state.withLock { $0.size = size }
            tally.add(total: size)
            return try startHash(size)
        }
        if size == known { return }
        // A page that is no content, say: what is there of the file is not thrown away for it.
        guard offset == 0 else {
            throw HubError.malformedAnswer(
                url: head.url.forMessages, reason: "it is of \(size) bytes where \(name) has \(known)")
        }
        throw HubError.wrongSize(file: name, expected: known, actual: size)
    }

    func receive(_ data: Data) throws {
        let known = state.withLock { state in
            let count = min(state.skipped, data.count)
            state.skipped -= count
            return count
        }
        let data = data.dropFirst(known)
        guard !data.isEmpty else { return }
        let (length, size) = state.withLock { ($0.length, $0.size) }
        if let size, data.count > size - length {
            throw HubError.wrongSize(file: name, expected: size, actual: length + data.count)
        }
        try file.write(data, at: length)
        state.withLock { state in
            state.length += data.count
            if state.hash != nil { data.withUnsafeBytes { state.hash?.update($0) } }
        }
        tally.add(bytes: data.count)
    }

    /// Checks size and hash, and sees to it that the content is on the disk.
    ///
    /// - Throws: ``HubError/wrongSize(file:expected:actual:)``, ``HubError/wrongHash(file:expected:actual:)``.
    func finish(isCancelled: () -> Bool) throws(HubError) {
        let state = state.withLock { $0 }
        if let size = state.size, size != state.length {
            throw .wrongSize(file: name, expected: size, actual: state.length)
        }
        if let checksum {
            let actual: String
            if let hash = state.hash {
                actual = hash.finish()
            } else {
                actual = try ContentHash.of(file.path, checksum.kind, isCancelled: isCancelled)
            }
            // What is cancelled is thrown away, whatever part of it was hashed.
            guard actual == checksum.digits || isCancelled() else {
                throw .wrongHash(file: name, expected: checksum.digits, actual: actual)
            }
        }
        try file.synchronize()
    }
}

/// `bytes 200-1023/1024`
struct ContentRange {
    let first: Int
    /// Bytes of the whole content; nil for `*`.
    let total: Int?

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
        let halves = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0, last >= first else {
            return nil
        }
        self.first = first
        if halves[1] == "*" {
            total = nil
        } else {
            guard let total = Int(halves[1]), total > last else { return nil }
            self.total = total
        }
    }
}
