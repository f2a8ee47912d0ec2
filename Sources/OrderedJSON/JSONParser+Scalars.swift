extension JSONParser {
    // MARK: Strings

    /// A string, from its opening quote; in one piece unless it holds escapes.
    mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        let start = position
        let isASCII = try skipPlainText(opening: opening)
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return try text(start..<position - 1, isASCII: isASCII)
        }
        var decoded = Array(bytes[start..<position])
        while bytes[position] == UInt8(ascii: "\\") {
            try escape(into: &decoded)
            let next = position
            _ = try skipPlainText(opening: opening)
            decoded.append(contentsOf: bytes[next..<position])
        }
        position += 1
        // The escapes are valid by construction, so a failure is in the raw bytes.
        guard let string = String(validating: decoded, as: UTF8.self) else {
            throw invalidText(start..<position - 1)
        }
        return string
    }

    /// Moves to the next quote or backslash; whether all on the way was ASCII.
    private mutating func skipPlainText(opening: Int) throws(JSONError) -> Bool {
        var union: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return union < 0x80 }
            guard byte >= 0x20 else { throw error("a control character in a string must be escaped") }
            union |= byte
            position += 1
        }
        throw error("the string is not closed", at: opening)
    }

    private func text(_ range: Range<Int>, isASCII: Bool) throws(JSONError) -> String {
        let bytes = UnsafeBufferPointer(rebasing: bytes[range])
        if isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw invalidText(range)
        }
        return string
    }

    private func invalidText(_ range: Range<Int>) -> JSONError {
        var decoder = UTF8()
        var iterator = bytes[range].makeIterator()
        var valid = range.lowerBound
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += UTF8.width(scalar) }
        return error("the text is not valid UTF-8", at: valid)
    }

    /// Appends what the escape at `position` stands for.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let byte = peek else { throw error("the string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hexadecimal(start)
            if (0xD800..<0xDC00).contains(value), position + 1 < bytes.count,
                bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexadecimal(start)
                guard (0xDC00..<0xE000).contains(low) else { throw loneSurrogate(start) }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw loneSurrogate(start) }
            decoded.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        default: throw error("unknown escape in a string", at: start)
        }
    }

    private func loneSurrogate(_ start: Int) -> JSONError {
        error("half a surrogate pair in a string", at: start)
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("'\\u' needs four hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Numbers

    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let negative = take(UInt8(ascii: "-"))
        if negative, peek == UInt8(ascii: "I") { return try word("Infinity", .double(-.infinity)) }
        let leadingZero = peek == UInt8(ascii: "0")
        var magnitude = 0
        var overflow = false
        let digits = skipDigits { digit in
            let (tenfold, first) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, second) = tenfold.subtractingReportingOverflow(digit)
            overflow = overflow || first || second
            magnitude = sum
        }
        guard digits > 0 else { throw error("expected a digit") }
        guard !leadingZero || digits == 1 else { throw error("a number may not begin with 0", at: start) }
        var whole = true
        if take(UInt8(ascii: ".")) {
            whole = false
            guard skipDigits({ _ in }) > 0 else { throw error("expected a digit after the point") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            whole = false
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits({ _ in }) > 0 else { throw error("expected a digit in the exponent") }
        }
        // Counted downwards, so that the smallest integer fits.
        if whole, !overflow, negative || magnitude != .min { return .int(negative ? magnitude : -magnitude) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text) else { throw error("cannot read the number \(text)", at: start) }
        return .double(value)
    }

    /// Passes each digit on; how many there were.
    private mutating func skipDigits(_ use: (Int) -> Void) -> Int {
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            use(Int(byte - UInt8(ascii: "0")))
            position += 1
        }
        return position - start
    }
}
