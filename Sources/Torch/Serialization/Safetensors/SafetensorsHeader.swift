/// The JSON header of a safetensors file, as it stands there.
struct SafetensorsHeader {
    struct Entry {
        var type: String
        var shape: [Int]
        var begin: Int
        var end: Int
    }

    var metadata: [String: String] = [:]
    var entries: [(name: String, entry: Entry)] = []

    /// - Throws: ``SafetensorsHeaderScanner/Failure`` with the place in the header.
    init(parsing bytes: UnsafeRawBufferPointer) throws {
        var scanner = SafetensorsHeaderScanner(bytes)
        var names = Set<String>()
        try scanner.object { scanner, key in
            guard names.insert(key).inserted else { throw scanner.failure("the name \(quoted(key)) stands twice") }
            if key == "__metadata__" {
                metadata = try Self.metadata(&scanner)
            } else {
                entries.append((key, try Self.entry(&scanner, name: key)))
            }
        }
        try scanner.end()
    }

    private static func metadata(_ scanner: inout SafetensorsHeaderScanner) throws -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.object { scanner, key in
            let value = try scanner.string()
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw scanner.failure("the metadata key \(quoted(key)) stands twice")
            }
        }
        return metadata
    }

    private static func entry(_ scanner: inout SafetensorsHeaderScanner, name: String) throws -> Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key in
            let isNew: Bool
            switch key {
            case "dtype":
                isNew = type == nil
                type = try scanner.string()
            case "shape":
                isNew = shape == nil
                shape = try scanner.integers()
            case "data_offsets":
                isNew = offsets == nil
                offsets = try scanner.integers()
            default: throw scanner.failure("tensor \(quoted(name)) has the unknown key \(quoted(key))")
            }
            guard isNew else { throw scanner.failure("tensor \(quoted(name)) has the key \(quoted(key)) twice") }
        }
        guard let type, let shape, let offsets else {
            throw scanner.failure("tensor \(quoted(name)) lacks dtype, shape or data_offsets")
        }
        guard offsets.count == 2 else {
            throw scanner.failure("tensor \(quoted(name)): data_offsets are not two numbers")
        }
        return Entry(type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }
}
