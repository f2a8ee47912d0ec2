internal import OrderedJSON

/// The bytes of one row of CSV, as pandas' `to_csv` writes them.
struct DelimitedRowWriter {
    private let delimiter: UInt8
    private var bytes: [UInt8] = []
    private var cells = 0
    private var isSingleEmpty = false

    init(delimiter: UInt8) { self.delimiter = delimiter }

    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        cells = 0
        isSingleEmpty = false
    }

    /// The row with its line end.
    mutating func ended() -> [UInt8] {
        // An empty line would be no row.
        if cells == 1, isSingleEmpty { bytes += [0x22, 0x22] }
        bytes.append(0x0A)
        return bytes
    }

    /// The value at `place` of a column of `type`.
    mutating func append(_ chunk: ColumnChunk, _ place: Int, type: FeatureType) {
        switch (chunk.cellValue(place, type: type), type) {
        case (.double(let number), .float32) where !number.isNaN: append(text: NumPyText.of(Float(number)))
        case (.double(let number), .float16) where !number.isNaN:
            append(text: NumPyText.of(HalfFloat(Float(number))))
        case (let value, _): append(value)
        }
    }

    private mutating func append(_ value: CellValue) {
        switch value {
        case .null: append(text: "")
        case .double(let number) where number.isNaN: append(text: "")
        case .string(let text): append(text: text)
        case .bytes(let bytes): append(text: PythonText.literal(bytes))
        case .temporal(let value): append(text: value.csvText)
        default: append(text: PythonText.literal(value))
        }
    }

    mutating func append(text: String) {
        if cells > 0 { bytes.append(delimiter) }
        cells += 1
        isSingleEmpty = text.isEmpty
        let needsQuotes = text.utf8.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            bytes += text.utf8
            return
        }
        bytes.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}

/// Values as Python's `repr` writes them.
enum PythonText {
    static func literal(_ value: CellValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): "\(value)"
        case .uint64(let value): "\(value)"
        case .double(let value): value.pythonDescription
        case .string(let text): literal(text)
        case .bytes(let bytes): literal(bytes)
        case .temporal(let value): literal("\(value)")
        case .decimal(let value): "\(value)"
        case .floats(let values): "[" + values.map { NumPyText.of($0) }.joined(separator: ", ") + "]"
        case .ints, .int32s, .doubles, .strings, .list:
            "[" + (value.elements ?? []).map { literal($0) }.joined(separator: ", ") + "]"
        case .structure(let value):
            "{" + value.fields.map { "\(literal($0.name)): \(literal($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    private static func literal(_ text: String) -> String {
        let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var literal = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case _ where Character(scalar) == quote: literal += "\\" + String(quote)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: literal += hexadecimal(UInt8(scalar.value))
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + String(quote)
    }

    static func literal(_ bytes: [UInt8]) -> String {
        let hasSingle = bytes.contains(0x27) && !bytes.contains(0x22)
        var text = hasSingle ? "b\"" : "b'"
        for byte in bytes {
            switch byte {
            case 0x5C: text += "\\\\"
            case 0x27 where !hasSingle: text += "\\'"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x09: text += "\\t"
            case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += hexadecimal(byte)
            }
        }
        return text + (hasSingle ? "\"" : "'")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
