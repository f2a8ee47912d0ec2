public import Foundation
import LocalFiles

extension TorchArchive {
    /// Writes the value to a temporary file beside `url`, syncs it and renames it, so that a failure leaves the old file.
    ///
    /// The archive is named after the file, as `torch.save` does: `optimizer.pt` holds `optimizer/data.pkl`.
    ///
    /// - Throws: ``TorchArchiveError``.
    public static func save(_ value: PickleValue, to url: URL) throws {
        do {
            try DurableFile.replace(url.path) { sink in
                try write(value, name: archiveName(fileName: url.lastPathComponent), fileName: url.path, to: sink)
            }
        } catch let failure as FileFailure {
            throw TorchArchiveError.unwritable(file: url.path, reason: failure.reason)
        }
    }

    /// Hands the file's bytes to `sink` piece by piece; storages are not copied.
    ///
    /// Tensors whose ``SerializedTensor/storage`` is the same object share its bytes in the file. A storage is written
    /// whole, also where a tensor views a part of it.
    ///
    /// - Parameters:
    ///   - value: What the archive holds.
    ///   - name: The archive's folder; see ``archiveName(fileName:)``.
    ///   - fileName: For error messages.
    ///   - sink: Gets the pieces in order.
    /// - Throws: ``TorchArchiveError``, or what `sink` throws.
    public static func write(
        _ value: PickleValue, name: String = "archive", fileName: String? = nil, to sink: ByteSink
    ) throws {
        let pickler: Pickler
        do {
            pickler = try Pickler(value)
        } catch let failure as PicklerFailure {
            throw TorchArchiveError.unwritable(file: fileName ?? name, reason: failure.reason)
        }
        try withoutActuallyEscaping(sink) { sink in
            var zip = ZipWriter(to: sink)
            try pickler.bytes.withUnsafeBytes { try zip.add("\(name)/data.pkl", $0) }
            try zip.add("\(name)/.format_version", "1")
            try zip.add("\(name)/.storage_alignment", "64")
            try zip.add("\(name)/byteorder", "little")
            for (number, record) in pickler.storages.enumerated() {
                try record.storage.withUnsafeBytes { try zip.add("\(name)/data/\(number)", $0) }
            }
            try zip.add("\(name)/version", "3\n")
            try zip.add("\(name)/.data/serialization_id", serializationId(of: zip))
            try zip.finish()
        }
    }

    /// The folder inside an archive that `torch.save` uses for a file of that name: the name without its last extension,
    /// or `archive` where it is not plain ASCII.
    public static func archiveName(fileName: String) -> String {
        let stem = (fileName as NSString).deletingPathExtension
        return stem.isEmpty || !stem.utf8.allSatisfy { $0 < 128 && $0 != UInt8(ascii: "/") } ? "archive" : stem
    }

    /// Forty digits that tell archives apart: a hash of the entries' names and one of their checksums.
    private static func serializationId(of zip: ZipWriter) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in zip.names.joined(separator: "\n").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return [hash, zip.combinedChecksum].map { number in
            let digits = String(number)
            return String(repeating: "0", count: 20 - digits.count) + digits
        }.joined()
    }
}
