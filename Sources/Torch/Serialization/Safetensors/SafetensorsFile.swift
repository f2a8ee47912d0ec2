public import Foundation
import LocalFiles

/// A safetensors file, mapped into memory and checked as hostile input.
///
/// The checks are those of Hugging Face's reader and stricter: a header of at most 100 MB of strict JSON without duplicate
/// names, known element types, sizes that fit the offsets, and tensors that cover the data without holes or overlap.
/// The bytes are read only where a tensor is used; the tensors keep the mapping alive.
public struct SafetensorsFile: Sendable {
    /// The longest header that is read, as in the reference implementation.
    static let maximumHeaderLength = 100_000_000

    public let url: URL
    /// The header's `__metadata__`.
    public let metadata: [String: String]
    /// The tensors in the order of their bytes in the file.
    public let tensors: [(name: String, tensor: SerializedTensor)]
    private let positions: [String: Int]

    /// Opens and checks the file.
    ///
    /// - Throws: ``SafetensorsError``.
    public init(url: URL) throws {
        let file = url.path
        let mapping: MappedFile
        do {
            mapping = try MappedFile(path: file)
        } catch let failure as FileFailure {
            throw SafetensorsError.unreadable(file: file, reason: failure.reason)
        }
        let (header, dataStart) = try Self.header(of: mapping, file: file)
        let data = UnsafeRawBufferPointer(rebasing: mapping.bytes[dataStart...])

        var end = 0
        var tensors: [(name: String, tensor: SerializedTensor)] = []
        for (name, entry) in header.entries.sorted(by: {
            ($0.entry.begin, $0.entry.end) < ($1.entry.begin, $1.entry.end)
        }) {
            tensors.append((name, try Self.tensor(name, entry, in: data, after: end, owner: mapping, file: file)))
            end = entry.end
        }
        guard end == data.count else {
            throw SafetensorsError.invalidFile(
                file: file, reason: "the tensors take \(end) bytes, but \(data.count) bytes follow the header")
        }
        self.url = url
        self.metadata = header.metadata
        self.tensors = tensors
        positions = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
    }

    /// The tensor of that name, if there is one.
    public subscript(name: String) -> SerializedTensor? { positions[name].map { tensors[$0].tensor } }

    /// The tensor of that name.
    ///
    /// - Throws: ``SafetensorsError/missingTensor(file:tensor:)``.
    public func require(_ name: String) throws -> SerializedTensor {
        guard let tensor = self[name] else { throw SafetensorsError.missingTensor(file: url.path, tensor: name) }
        return tensor
    }

    private static func header(of mapping: MappedFile, file: String) throws -> (SafetensorsHeader, dataStart: Int) {
        func invalid(_ reason: String) -> SafetensorsError { .invalidFile(file: file, reason: reason) }
        defer { withExtendedLifetime(mapping) {} }
        let bytes = mapping.bytes
        guard bytes.count >= 8 else {
            throw invalid("it has \(bytes.count) bytes, fewer than the 8 of the header's length")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= maximumHeaderLength else {
            throw invalid("its header would take \(length) bytes; at most \(maximumHeaderLength) are allowed")
        }
        guard length <= bytes.count - 8 else {
            throw invalid(
                "its header takes \(length) bytes, but the file ends after \(bytes.count - 8); it may be truncated")
        }
        let dataStart = 8 + Int(length)
        guard length > 0, bytes[8] == UInt8(ascii: "{") else { throw invalid("its header does not begin with '{'") }
        do {
            return (try SafetensorsHeader(parsing: UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])), dataStart)
        } catch let failure as SafetensorsHeaderScanner.Failure {
            throw invalid("byte \(failure.position) of its header: \(failure.reason)")
        }
    }

    private static func tensor(
        _ name: String, _ entry: SafetensorsHeader.Entry, in data: UnsafeRawBufferPointer, after previousEnd: Int,
        owner: MappedFile, file: String
    ) throws -> SerializedTensor {
        func invalid(_ reason: String) -> SafetensorsError { .invalidTensor(file: file, tensor: name, reason: reason) }
        guard let type = SafetensorsType.type(named: entry.type) else {
            throw SafetensorsError.unsupportedType(file: file, tensor: name, type: entry.type)
        }
        guard let count = SerializedTensor.elementCount(entry.shape),
            case (let byteCount, let overflow) = count.multipliedReportingOverflow(by: type.itemSize), !overflow
        else { throw invalid("the product of the shape's sizes is too large") }
        guard entry.begin <= entry.end else { throw invalid("its data_offsets end before they begin") }
        guard entry.end <= data.count else {
            throw invalid("its data ends at byte \(entry.end) of \(data.count); the file may be truncated")
        }
        guard entry.begin == previousEnd else {
            throw invalid("its data begins at byte \(entry.begin), where \(previousEnd) is expected")
        }
        guard byteCount == entry.end - entry.begin else {
            throw invalid("its shape and type take \(byteCount) bytes, but its data_offsets \(entry.end - entry.begin)")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: data[entry.begin..<entry.end])
        let storage = TensorStorage(unsafeBytes: bytes, owner: owner)
        guard let tensor = SerializedTensor(dtype: type, shape: entry.shape, storage: storage) else {
            throw invalid("its shape does not fit its data")
        }
        return tensor
    }
}
