public import Foundation
import LocalFiles
import OrderedJSON

/// The index of a model in several files: `model.safetensors.index.json`.
public struct SafetensorsIndex: Sendable, Equatable {
    /// The file of each tensor, by the tensor's name; plain file names beside the index.
    public let weightMap: [String: String]
    /// The files in sorted order.
    public var files: [String] { Set(weightMap.values).sorted() }

    /// Reads an index file.
    ///
    /// - Throws: ``SafetensorsError`` where the file is no index, or names a file outside its folder.
    public init(url: URL) throws {
        let file = url.path
        let bytes: [UInt8]
        do {
            let mapping = try MappedFile(path: file)
            guard mapping.count <= SafetensorsFile.maximumHeaderLength else {
                throw SafetensorsError.invalidFile(
                    file: file, reason: "an index of \(mapping.count) bytes is too large")
            }
            bytes = withExtendedLifetime(mapping) { Array(mapping.bytes) }
        } catch let failure as FileFailure {
            throw SafetensorsError.unreadable(file: file, reason: failure.reason)
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw SafetensorsError.invalidFile(file: file, reason: "\(error)")
        }
        guard let map = json["weight_map"]?.objectValue else {
            throw SafetensorsError.invalidFile(file: file, reason: "it has no \"weight_map\" object")
        }
        var weightMap: [String: String] = [:]
        for (tensor, value) in map {
            guard let name = value.stringValue else {
                throw SafetensorsError.invalidTensor(file: file, tensor: tensor, reason: "its file is not a string")
            }
            guard Self.isPlainName(name) else {
                throw SafetensorsError.invalidTensor(
                    file: file, tensor: tensor, reason: "its file \(quoted(name)) is not a plain file name")
            }
            weightMap[tensor] = name
        }
        self.weightMap = weightMap
    }

    /// A name that can't leave its folder.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0 == "\0" }
    }
}
