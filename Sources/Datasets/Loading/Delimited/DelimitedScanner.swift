/// Walks through delimited text record by record, splitting it as Arrow's reader does, and minding what that lets
/// pass: a quote that never ends, and text behind a closing quote.
struct DelimitedScanner {
    /// One cell's bytes, with its quotes if it has them.
    struct Field {
        let bytes: Range<Int>
        let isQuoted: Bool
    }

    struct Record {
        /// The physical line that the record starts on, from 1.
        let line: Int
        let fieldCount: Int
    }

    /// A breach of RFC 4180's quoting.
    enum Fault: Error {
        case openQuote(line: Int, field: Int)
        case textBehindQuote(line: Int, field: Int)
    }

    private let text: UnsafeBufferPointer<UInt8>
    private let delimiter: UInt8
    private let quoting: Bool
    /// Where the next record starts, if no empty lines come first.
    private(set) var position: Int
    private(set) var line: Int
    /// The cells of the last record, where they were asked for.
    private(set) var fields: [Field] = []

    init(_ text: UnsafeBufferPointer<UInt8>, delimiter: UInt8, quoting: Bool, position: Int = 0, line: Int = 1) {
        self.text = text
        self.delimiter = delimiter
        self.quoting = quoting
        self.position = position
        self.line = line
    }

    private static let newline: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let quote: UInt8 = 0x22

    /// The next record; nil at the end. Empty lines are skipped, as Arrow (and pandas) skip them.
    mutating func next(collectingFields: Bool = false) throws(Fault) -> Record? {
        while position < text.count, skipLineEnd() {}
        guard position < text.count else { return nil }
        fields.removeAll(keepingCapacity: true)
        let start = line
        var count = 0
        while true {
            let begin = position
            let isQuoted = quoting && position < text.count && text[position] == Self.quote
            if isQuoted { try skipQuoted(field: count) } else { skipPlain() }
            if collectingFields { fields.append(Field(bytes: begin..<position, isQuoted: isQuoted)) }
            count += 1
            guard position < text.count else { break }
            if text[position] == delimiter {
                position += 1
                continue
            }
            guard skipLineEnd() else { throw .textBehindQuote(line: line, field: count - 1) }
            break
        }
        return Record(line: start, fieldCount: count)
    }

    /// The text of a cell, without its quotes.
    func string(_ field: Field) -> String {
        guard field.isQuoted else { return String(decoding: text[field.bytes], as: UTF8.self) }
        let inner = text[(field.bytes.lowerBound + 1)..<(field.bytes.upperBound - 1)]
        var bytes: [UInt8] = []
        var wasQuote = false
        for byte in inner {
            if byte == Self.quote && wasQuote {
                wasQuote = false
                continue
            }
            wasQuote = byte == Self.quote
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func skipPlain() {
        while position < text.count {
            let byte = text[position]
            if byte == delimiter || byte == Self.newline || byte == Self.carriageReturn { return }
            position += 1
        }
    }

    private mutating func skipQuoted(field: Int) throws(Fault) {
        let start = line
        position += 1
        while position < text.count {
            switch text[position] {
            case Self.quote:
                position += 1
                guard position < text.count, text[position] == Self.quote else { return }
                position += 1
            case Self.newline, Self.carriageReturn: _ = skipLineEnd()
            default: position += 1
            }
        }
        throw .openQuote(line: start, field: field)
    }

    private mutating func skipLineEnd() -> Bool {
        switch text[position] {
        case Self.newline: position += 1
        case Self.carriageReturn:
            position += position + 1 < text.count && text[position + 1] == Self.newline ? 2 : 1
        default: return false
        }
        line += 1
        return true
    }
}
