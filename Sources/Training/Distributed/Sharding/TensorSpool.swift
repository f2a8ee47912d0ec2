import Foundation
import LocalFiles

/// Tensors written one after the other into a file without a name, to be read from there as if they were in memory: whole
/// tensors of a model that is larger than memory.
///
/// What fails is told by ``finish()``, so that exchanges between ranks go on meanwhile.
final class TensorSpool {
    /// A tensor's place in the file.
    private struct Entry {
        let dtype: DType
        let shape: [Int]
        let start: Int
    }

    private let descriptor: Int32
    private var entries: [Entry] = []
    private var end = 0
    private var failure: FileFailure?

    /// - Parameter folder: On a disk with room for the tensors.
    /// - Throws: `FileFailure`.
    init(folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw FileFailure(reason: "\(folder.path): \(error.localizedDescription)")
        }
        let path = folder.appending(path: "\(CheckpointFolders.temporaryPrefix)tensors-\(UUID().uuidString)").path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(reason: "\(path): \(FileFailure.systemReason())") }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// Begins the next tensor; its elements follow by ``append(_:)``.
    ///
    /// - Returns: Its number.
    func begin(dtype: DType, shape: [Int]) -> Int {
        // Aligned as memory is.
        end = (end + 63) / 64 * 64
        entries.append(Entry(dtype: dtype, shape: shape, start: end))
        return entries.count - 1
    }

    func append(_ tensor: Tensor) throws {
        let serialized = try tensor.serialized()
        serialized.withUnsafeBytes { bytes in
            var rest = bytes
            while failure == nil, let start = rest.baseAddress, !rest.isEmpty {
                let count = pwrite(descriptor, start, rest.count, off_t(end))
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    failure = FileFailure(reason: "the whole tensors cannot be written: \(FileFailure.systemReason())")
                    return
                }
                end += count
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// The tensors by their numbers; the file stays for as long as one of them is used.
    ///
    /// - Throws: `FileFailure`.
    func finish() throws -> [SerializedTensor] {
        if let failure { throw failure }
        guard end > 0 else { return entries.compactMap { Self.tensor($0, nil) } }
        guard let start = mmap(nil, end, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            throw FileFailure(reason: "the whole tensors cannot be read: \(FileFailure.systemReason())")
        }
        let mapping = Mapping(UnsafeRawBufferPointer(start: start, count: end))
        return entries.compactMap { Self.tensor($0, mapping) }
    }

    /// Each has a storage of its own, for a `torch.save` file has storages whole.
    private static func tensor(_ entry: Entry, _ mapping: Mapping?) -> SerializedTensor? {
        let count = entry.shape.reduce(1, *) * entry.dtype.itemSize
        guard let mapping, count > 0 else {
            return SerializedTensor(dtype: entry.dtype, shape: entry.shape, storage: TensorStorage(count: 0) { _ in })
        }
        let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.start..<entry.start + count])
        return SerializedTensor(
            dtype: entry.dtype, shape: entry.shape, storage: TensorStorage(unsafeBytes: bytes, owner: mapping))
    }

    private final class Mapping {
        let bytes: UnsafeRawBufferPointer
        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
        deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
    }
}
