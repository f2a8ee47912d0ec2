internal import OrderedJSON

/// The bytes of one row of JSON, as pandas' `to_json` writes them.
struct JSONRowWriter {
    private(set) var bytes: [UInt8] = []

    /// Binary data that is no text.
    struct NotText: Error {}

    mutating func begin() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(raw text: String) { bytes += text.utf8 }

    static func quoted(_ text: String) -> String {
        var writer = JSONRowWriter()
        writer.append(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    mutating func append(_ value: CellValue) throws {
        switch value {
        case .null: append(raw: "null")
        case .bool(let value): append(raw: value ? "true" : "false")
        case .int(let value): append(raw: "\(value)")
        case .uint64(let value): append(raw: "\(value)")
        case .double(let value): append(value)
        case .string(let text): append(text)
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw NotText() }
            append(text)
        case .temporal(let value):
            switch value.milliseconds {
            case let milliseconds?: append(raw: "\(milliseconds)")
            case nil: append("\(value)")
            }
        case .decimal(let value): append(raw: value.doubleValue.pythonDescription)
        case .ints(let values): append(each: values) { $0.append(raw: "\($1)") }
        case .int32s(let values): append(each: values) { $0.append(raw: "\($1)") }
        case .floats(let values): append(each: values) { $0.append(Double($1)) }
        case .doubles(let values): append(each: values) { $0.append($1) }
        case .strings(let values): append(each: values) { $0.append($1) }
        case .list(let values): try append(each: values) { try $0.append($1) }
        case .structure(let value):
            append(raw: "{")
            for (place, field) in value.fields.enumerated() {
                if place > 0 { append(raw: ",") }
                append(field.name)
                append(raw: ":")
                try append(field.value)
            }
            append(raw: "}")
        }
    }

    private mutating func append<Value>(
        each values: [Value], _ body: (inout JSONRowWriter, Value) throws -> Void
    ) rethrows {
        append(raw: "[")
        for (place, value) in values.enumerated() {
            if place > 0 { append(raw: ",") }
            try body(&self, value)
        }
        append(raw: "]")
    }

    private mutating func append(_ value: Double) {
        append(raw: value.isFinite ? value.pythonDescription : "null")
    }

    private mutating func append(_ text: String) {
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append(raw: "\\\"")
            case "\\": append(raw: "\\\\")
            case "/": append(raw: "\\/")
            case "\n": append(raw: "\\n")
            case "\r": append(raw: "\\r")
            case "\t": append(raw: "\\t")
            case "\u{8}": append(raw: "\\b")
            case "\u{C}": append(raw: "\\f")
            case _ where scalar.value >= 0x20 && scalar.value < 0x7F: bytes.append(UInt8(scalar.value))
            case "\u{7F}": bytes.append(0x7F)
            default: for unit in String(scalar).utf16 { append(escaped: unit) }
            }
        }
        bytes.append(0x22)
    }

    private mutating func append(escaped unit: UInt16) {
        let digits = String(unit, radix: 16)
        append(raw: "\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
