public import Foundation
import LocalFiles

/// Files of Python's `torch.save`: zip archives of a pickle and the bytes of its tensors.
///
/// Reading runs nothing: the pickle may hold plain data, tensors and NumPy arrays, and anything else in it is an error
/// that names it. What is written, Python reads with `torch.load(weights_only=True)`; NumPy arrays need
/// `torch.serialization.safe_globals`, as in Transformers.
public enum TorchArchive {
    /// The longest pickle that is read, in bytes.
    static let maximumPickleLength = 256 << 20

    /// Reads a file; its tensors stay in the mapped file until they are used.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - checksums: Whether to compare every entry with its CRC-32, which finds damage on disk; default true.
    /// - Throws: ``TorchArchiveError``.
    public static func load(_ url: URL, checksums: Bool = true) throws -> PickleValue {
        let file = url.path
        let mapping: MappedFile
        do {
            mapping = try MappedFile(path: file)
        } catch let failure as FileFailure {
            throw TorchArchiveError.unreadable(file: file, reason: failure.reason)
        }
        defer { withExtendedLifetime(mapping) {} }
        return try read(mapping.bytes, owner: mapping, file: file, checksums: checksums)
    }

    /// Reads an archive in memory that `owner` keeps alive.
    static func read(
        _ bytes: UnsafeRawBufferPointer, owner: AnyObject, file: String, checksums: Bool
    ) throws -> PickleValue {
        let zip = try ZipReader(bytes, file: file)
        func invalid(_ reason: String) -> TorchArchiveError { .invalidArchive(file: file, reason: reason) }
        guard let prefix = zip.entries.first?.name.split(separator: "/", maxSplits: 1).first else {
            throw invalid("it has no entries")
        }
        let entries = Dictionary(uniqueKeysWithValues: zip.entries.map { ($0.name, $0) })
        func content(_ entry: ZipReader.Entry) throws -> UnsafeRawBufferPointer {
            let content = UnsafeRawBufferPointer(rebasing: bytes[entry.data])
            guard !checksums || CRC32.checksum(content) == entry.checksum else {
                throw invalid("the entry \(quoted(entry.name)) is damaged: its checksum is wrong")
            }
            return content
        }
        guard entries["\(prefix)/constants.pkl"] == nil else {
            throw invalid("it is a TorchScript program, not saved data")
        }
        guard let pickle = entries["\(prefix)/data.pkl"] else { throw invalid("it has no entry data.pkl") }
        guard pickle.data.count <= maximumPickleLength else {
            throw invalid("its pickle takes \(pickle.data.count) bytes; at most \(maximumPickleLength) are allowed")
        }
        if let order = entries["\(prefix)/byteorder"], try !content(order).elementsEqual("little".utf8) {
            throw invalid("its byte order is not little-endian")
        }
        var unpickler = Unpickler(
            try content(pickle), file: file, viewBytes: max(1 << 30, 16 * bytes.count)
        ) { key, byteCount in
            guard let entry = entries["\(prefix)/data/\(key)"] else {
                throw invalid("storage \(quoted(key)) is missing")
            }
            guard entry.data.count == byteCount else {
                throw invalid("storage \(quoted(key)) has \(entry.data.count) bytes, where \(byteCount) are expected")
            }
            return TensorStorage(unsafeBytes: try content(entry), owner: owner)
        }
        return try unpickler.read()
    }
}
