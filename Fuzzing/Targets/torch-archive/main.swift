import Foundation
import FuzzSupport
@testable import TorchFiles

/// A file of `torch.save`, by the first byte: as it is, or a pickle that is put into an archive with a tensor's bytes.
final class Bytes {
    let storage: UnsafeMutableRawBufferPointer
    init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(byteCount: max(bytes.count, 1), alignment: 64)
        storage.copyBytes(from: bytes)
    }
    deinit { storage.deallocate() }
}

func look(_ value: PickleValue, _ depth: Int = 0) {
    require(depth < 2000, "values lie too deep")
    if let tensor = value.tensorValue {
        _ = tensor.withUnsafeBytes { $0.reduce(0) { $0 &+ $1 } }
    } else if let elements = value.elements {
        for element in elements { look(element, depth + 1) }
    } else if let dictionary = value.dictionaryValue {
        for entry in dictionary.entries {
            look(entry.key, depth + 1)
            look(entry.value, depth + 1)
        }
    }
}

/// An archive without compression around a pickle, as torch writes it.
func archive(_ pickle: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let entries: [(String, [UInt8])] = [
        ("a/data.pkl", Array(pickle)), ("a/data/0", Array(repeating: 1, count: 64)), ("a/version", Array("3\n".utf8)),
    ]
    for (name, content) in entries {
        let offset = bytes.count
        let sizes = number(0, 4) + number(content.count, 4) + number(content.count, 4) + number(name.utf8.count, 2)
        bytes += [0x50, 0x4B, 3, 4, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0] + sizes + number(0, 2) + Array(name.utf8) + content
        directory += [0x50, 0x4B, 1, 2, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0] + sizes
        directory += number(0, 2) + number(0, 8) + number(0, 2) + number(offset, 4) + Array(name.utf8)
    }
    let start = bytes.count
    bytes += directory
    bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + number(entries.count, 2) + number(entries.count, 2)
    bytes += number(directory.count, 4) + number(start, 4) + [0, 0]
    return bytes
}

fuzz { input in
    guard let first = input.first else { return }
    let bytes = first & 1 == 1 ? archive(input.dropFirst()) : Array(input.dropFirst())
    let owner = Bytes(bytes)
    do {
        let view = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(owner.storage)[..<bytes.count])
        look(try TorchArchive.read(view, owner: owner, file: "input", checksums: first & 2 == 2))
    } catch { require(error is TorchArchiveError, "an error of another type: \(error)") }
}
