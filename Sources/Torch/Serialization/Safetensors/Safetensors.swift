public import Foundation
import LocalFiles

/// Writes safetensors files, byte for byte those of Python's `safetensors.torch.save_file`.
public enum Safetensors {
    /// Writes the tensors to a temporary file beside `url`, syncs it and renames it, so that a failure leaves the old file.
    ///
    /// Tensors may lie in the very file that is replaced. Their order does not matter: the format prescribes one.
    ///
    /// - Parameters:
    ///   - tensors: Names and tensors; no name twice, none `__metadata__`.
    ///   - metadata: The header's `__metadata__`, in sorted order of keys; Python's Transformers writes `format: pt`.
    ///   - url: The file.
    /// - Throws: ``SafetensorsError``.
    public static func write(
        _ tensors: [(name: String, tensor: SerializedTensor)], metadata: [String: String] = ["format": "pt"],
        to url: URL
    ) throws {
        do {
            try DurableFile.replace(url.path) { sink in
                try write(tensors, metadata: metadata, fileName: url.path, to: sink)
            }
        } catch let failure as FileFailure {
            throw SafetensorsError.unwritable(file: url.path, reason: failure.reason)
        }
    }

    /// Hands the file's bytes to `sink` piece by piece; no tensor is copied, and nothing is written where a tensor or name
    /// can't be.
    ///
    /// - Parameters:
    ///   - tensors: Names and tensors; no name twice, none `__metadata__`.
    ///   - metadata: The header's `__metadata__`, in sorted order of keys.
    ///   - fileName: For error messages.
    ///   - sink: Gets the pieces in order.
    /// - Throws: ``SafetensorsError``, or what `sink` throws.
    public static func write(
        _ tensors: [(name: String, tensor: SerializedTensor)], metadata: [String: String] = ["format": "pt"],
        fileName: String = "model.safetensors", to sink: ByteSink
    ) throws {
        let ordered = try inFileOrder(tensors, fileName: fileName)
        var header = header(ordered, metadata: metadata)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        guard header.count <= SafetensorsFile.maximumHeaderLength else {
            throw SafetensorsError.unwritable(
                file: fileName, reason: "the header takes \(header.count) bytes, more than readers allow")
        }
        try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink($0) }
        try header.withUnsafeBytes { try sink($0) }
        for (_, tensor) in ordered where tensor.byteCount > 0 { try tensor.withUnsafeBytes { try sink($0) } }
    }

    /// Widest alignment first, then by the bytes of the name.
    private static func inFileOrder(
        _ tensors: [(name: String, tensor: SerializedTensor)], fileName: String
    ) throws -> [(name: String, tensor: SerializedTensor)] {
        func unwritable(_ reason: String) -> SafetensorsError { .unwritable(file: fileName, reason: reason) }
        var names = Set<String>()
        let ranked = try tensors.map { item in
            guard item.name != "__metadata__" else { throw unwritable("a tensor can't have the name \"__metadata__\"") }
            guard names.insert(item.name).inserted else {
                throw unwritable("the tensor \(quoted(item.name)) is given twice")
            }
            guard let rank = SafetensorsType.rank(of: item.tensor.dtype) else {
                throw unwritable("the tensor \(quoted(item.name)) is \(item.tensor.dtype), which the format can't hold")
            }
            return (rank: rank, item: item)
        }
        return ranked.sorted { left, right in
            left.rank == right.rank
                ? left.item.name.utf8.lexicographicallyPrecedes(right.item.name.utf8) : left.rank < right.rank
        }.map(\.item)
    }

    private static func header(
        _ tensors: [(name: String, tensor: SerializedTensor)], metadata: [String: String]
    ) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for (name, tensor) in tensors {
            let type = SafetensorsType.name(of: tensor.dtype) ?? ""
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.byteCount
            members.append(
                "\(json(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    /// A JSON string with the escapes that the reference writer uses.
    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
