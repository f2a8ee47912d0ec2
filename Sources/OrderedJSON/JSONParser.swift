public import Foundation

extension JSONValue {
    /// How deeply arrays and objects may be nested: enough for any file in use, and safe on a thread's small stack.
    public static let defaultDepthLimit = 512

    /// Reads one JSON value from UTF-8 text; a byte-order mark in front is skipped.
    ///
    /// Strict JSON, and Python's `NaN`, `Infinity` and `-Infinity`. Whole numbers beyond 64 bits become floats.
    /// A `\u` escape of half a surrogate pair is an error, for Swift's strings cannot hold it.
    /// - Parameters:
    ///   - bytes: the text.
    ///   - source: what to call the text in errors, mostly the file's name.
    ///   - depthLimit: how deeply arrays and objects may be nested.
    public init(parsing bytes: [UInt8], source: String? = nil, depthLimit: Int = defaultDepthLimit)
        throws(JSONError)
    {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in
                var parser = JSONParser(bytes: buffer, source: source, depthLimit: depthLimit)
                return try parser.document()
            }
        }
        self = try result.get()
    }

    /// Reads one JSON value from UTF-8 text; see `init(parsing:source:depthLimit:)` for bytes.
    public init(parsing data: Data, source: String? = nil, depthLimit: Int = defaultDepthLimit) throws(JSONError) {
        try self.init(parsing: [UInt8](data), source: source, depthLimit: depthLimit)
    }

    /// Reads one JSON value from a string; see `init(parsing:source:depthLimit:)` for bytes.
    public init(parsing text: String, source: String? = nil, depthLimit: Int = defaultDepthLimit) throws(JSONError) {
        try self.init(parsing: [UInt8](text.utf8), source: source, depthLimit: depthLimit)
    }
}

/// Reads JSON from left to right; `position` is the next byte.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let source: String?
    let depthLimit: Int
    var position = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, source: String?, depthLimit: Int) {
        self.bytes = bytes
        self.source = source
        self.depthLimit = depthLimit
    }

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipSpace()
        let value = try self.value()
        skipSpace()
        guard position == bytes.count else { throw error("unexpected text after the value") }
        return value
    }

    mutating func value() throws(JSONError) -> JSONValue {
        switch peek {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .double(.nan))
        case UInt8(ascii: "I"): return try word("Infinity", .double(.infinity))
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw error("the text ends where a value should stand")
        default: throw error("expected a value")
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try enter()
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return leave(object) }
        while true {
            guard peek == UInt8(ascii: "\"") else { throw error("expected a name in double quotes") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("expected ':' after a name") }
            skipSpace()
            object.set(key, try value())
            skipSpace()
            if take(UInt8(ascii: "}")) { return leave(object) }
            guard take(UInt8(ascii: ",")) else { throw error("expected ',' or '}' in an object") }
            skipSpace()
        }
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return leave(elements) }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return leave(elements) }
            guard take(UInt8(ascii: ",")) else { throw error("expected ',' or ']' in an array") }
            skipSpace()
        }
    }

    private mutating func enter() throws(JSONError) {
        guard depth < depthLimit else { throw error("nested more than \(depthLimit) levels deep") }
        depth += 1
        position += 1
    }

    private mutating func leave<Value>(_ value: Value) -> Value {
        depth -= 1
        return value
    }

    mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount {
            guard position + offset < bytes.count, bytes[position + offset] == text.utf8Start[offset] else {
                throw error("expected a value")
            }
        }
        position += text.utf8CodeUnitCount
        return value
    }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// An error at `offset`, or at the next byte.
    func error(_ reason: String, at offset: Int? = nil) -> JSONError {
        let end = min(offset ?? position, bytes.count)
        var line = 1
        var column = 1
        for byte in bytes[..<end] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return JSONError(source: source, line: line, column: column, reason: reason)
    }
}
