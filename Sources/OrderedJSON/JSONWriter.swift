extension JSONValue {
    /// The text that Python's `json.dumps` gives for this value: floats as its `repr`, `NaN` and `Infinity` included.
    /// There is no line break at the end.
    public func serialized(_ format: JSONFormat = JSONFormat()) -> String {
        String(decoding: serializedBytes(format), as: UTF8.self)
    }

    /// `serialized(_:)` as UTF-8 bytes.
    public func serializedBytes(_ format: JSONFormat = JSONFormat()) -> [UInt8] {
        var writer = JSONWriter(format: format)
        writer.write(self, level: 0)
        return writer.output
    }
}

struct JSONWriter {
    let format: JSONFormat
    private let itemSeparator: String
    var output: [UInt8] = []

    init(format: JSONFormat) {
        self.format = format
        itemSeparator = format.itemSeparator ?? (format.indent == nil ? ", " : ",")
    }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .double(let value): append(Self.text(of: value))
        case .string(let value): write(string: value)
        case .array(let elements):
            sequence(elements, between: "[", and: "]", level: level) { $0.write($1, level: level + 1) }
        case .object(let object):
            let members = format.sortKeys ? Self.sorted(object.members) : object.members
            sequence(members, between: "{", and: "}", level: level) { writer, member in
                writer.write(string: member.key)
                writer.append(writer.format.keySeparator)
                writer.write(member.value, level: level + 1)
            }
        }
    }

    private mutating func sequence<Element>(
        _ elements: [Element], between opening: String, and closing: String, level: Int,
        write: (inout JSONWriter, Element) -> Void
    ) {
        append(opening)
        for (position, element) in elements.enumerated() {
            if position > 0 { append(itemSeparator) }
            lineBreak(level: level + 1)
            write(&self, element)
        }
        if !elements.isEmpty { lineBreak(level: level) }
        append(closing)
    }

    private mutating func lineBreak(level: Int) {
        guard let indent = format.indent else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: indent * level))
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    /// UTF-8 bytes order as code points do, which is how Python compares strings.
    private static func sorted(
        _ members: [(key: String, value: JSONValue)]
    ) -> [(key: String, value: JSONValue)] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.pythonDescription
    }

    private mutating func write(string: String) {
        output.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{8}": append("\\b")
            case "\u{C}": append("\\f")
            case _ where scalar.value < 0x20 || (format.ensureASCII && scalar.value > 0x7E):
                for unit in UTF16.encode(scalar).unsafelyUnwrapped { escape(unit) }
            default: UTF8.encode(scalar).map { output.append(contentsOf: $0) }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt16) {
        append("\\u")
        for shift in [12, 8, 4, 0] { append(String(unit >> UInt16(shift) & 0xF, radix: 16)) }
    }
}
