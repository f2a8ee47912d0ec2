import Torch

/// Archives around pickles that no writer makes.
enum PickleBuilder {
    /// A valid archive whose pickle is replaced; `storage` is the content of `data/0`.
    static func archive(_ pickle: [UInt8], storage: [UInt8] = [1, 2, 3, 4]) throws -> [UInt8] {
        var entries: [(String, [UInt8])] = [
            ("a/data.pkl", pickle), ("a/data/0", storage), ("a/version", Array("3\n".utf8)),
        ]
        entries.append(("a/byteorder", Array("little".utf8)))
        return zip(entries)
    }

    /// A plain zip archive; `method` 0 is stored, and the checksums are 0.
    static func zip(
        _ entries: [(name: String, content: [UInt8])], method: UInt16 = 0, flags: UInt16 = 0, directoryOffset: Int = 0
    ) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in entries {
            let offset = file.count
            let sizes = little(UInt32(0)) + little(UInt32(content.count)) + little(UInt32(content.count))
            let common = little(flags) + little(method) + little(UInt32(0)) + sizes + little(UInt16(name.utf8.count))
            file += little(0x0403_4B50 as UInt32) + little(UInt16(20)) + common + little(UInt16(0))
            file += Array(name.utf8) + content
            directory += little(0x0201_4B50 as UInt32) + little(UInt32(20)) + common
            directory += [UInt8](repeating: 0, count: 12) + little(UInt32(offset)) + Array(name.utf8)
        }
        let start = file.count + directoryOffset
        let count = little(UInt16(entries.count))
        file += directory
        file += little(0x0605_4B50 as UInt32) + little(UInt32(0)) + count + count
        return file + little(UInt32(directory.count)) + little(UInt32(start)) + little(UInt16(0))
    }

    static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func text(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    /// A float tensor of storage 0 with the four numbers as BININT.
    static func tensor(offset: Int32, size: Int32, stride: Int32, count: Int32 = 1) -> [UInt8] {
        func int(_ value: Int32) -> [UInt8] { [0x4A] + little(value) }
        let storage = [0x28] + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu")
        return global("torch._utils", "_rebuild_tensor_v2") + [0x28] + storage + int(count) + [0x74, 0x51] + int(offset)
            + int(size) + [0x85] + int(stride) + [0x85, 0x89, 0x7D, 0x74, 0x52]
    }
}
