/// Text from a file, made fit for one line of an error message.
enum Excerpt {
    static func of(_ bytes: UnsafeRawBufferPointer, limit: Int = 40) -> String {
        of(String(decoding: bytes.prefix(limit * 4), as: UTF8.self), limit: limit)
    }

    static func of(_ text: String, limit: Int = 40) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            // Control characters would break the line or the terminal.
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > limit ? line + "…" : line
    }
}
