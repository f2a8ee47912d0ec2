internal import Foundation

/// A regular expression of `tokenizer.json`, found in text in UTF-8.
///
/// The peer's patterns have Oniguruma's Ruby syntax, where `^` and `$` stand for the ends of lines, `.` for anything but
/// a newline, `(?m)` for "`.` is anything", `\h` for a hexadecimal digit and `\w` for fewer characters; the rest is
/// common to both libraries.
struct RegexPattern: Sendable {
    /// The pattern as the file has it.
    let pattern: String
    private let expression: NSRegularExpression

    /// - Throws: `TokenizerError.invalidFile` at `node` where the pattern is not valid.
    init(_ pattern: String, at node: PipelineNode) throws(TokenizerError) {
        self.pattern = pattern
        guard pattern.utf8.count <= Self.lengthLimit else {
            throw node.error("the pattern is too long (\(pattern.utf8.count) bytes; at most \(Self.lengthLimit))")
        }
        do {
            expression = try NSRegularExpression(
                pattern: Self.translated(pattern), options: [.anchorsMatchLines, .useUnixLineSeparators])
        } catch {
            throw node.error("\(pattern) is not a valid regular expression")
        }
    }

    private static let lengthLimit = 1 << 16

    /// How often the library may report that it is still looking for one match: after some thousand steps each time, and
    /// once for each place where it begins anew.
    private static let patience = 1000

    /// The parts of `bytes` that match, in order: byte ranges, which may be empty but do not touch the match before then.
    /// - Throws: `TokenizerError.invalidArgument` where the search takes too long or too much memory.
    func matches(in bytes: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> [Range<Int>] {
        guard !bytes.isEmpty else { return [] }
        let text = String(decoding: bytes, as: UTF8.self)
        let all = NSRange(location: 0, length: text.utf16.count)
        var positions = BytePositions(bytes)
        var found: [Range<Int>] = []
        var waits = 0
        var failed = false
        expression.enumerateMatches(in: text, options: [.reportProgress, .reportCompletion], range: all) {
            match, flags, stop in
            if flags.contains(.internalError) { failed = true }
            guard let range = match?.range else {
                waits += 1
                if waits > Self.patience + all.length {
                    failed = true
                    stop.pointee = true
                }
                return
            }
            waits = 0
            let start = positions.byte(range.location)
            let end = positions.byte(range.location + range.length)
            if start == end, start == found.last?.upperBound { return }
            found.append(start..<end)
        }
        guard !failed else {
            throw .invalidArgument("the regular expression \(pattern) of the tokenizer takes too long on this text")
        }
        return found
    }

    /// What `\w` stands for inside brackets: without the joiners that the other library counts, too.
    private static let bracketedWordClass = #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}"#
    /// Outside of them the peer has six numbers of Latin-1 more.
    private static let wordClass = bracketedWordClass + #"\u00B2\u00B3\u00B9\u00BC\u00BD\u00BE"#
    private static let wordBoundary = "(?:(?<=[\(wordClass)])(?![\(wordClass)])|(?<![\(wordClass)])(?=[\(wordClass)]))"
    private static let noWordBoundary =
        "(?:(?<=[\(wordClass)])(?=[\(wordClass)])|(?<![\(wordClass)])(?![\(wordClass)]))"

    /// Ruby's pattern in the syntax of the library that is used.
    private static func translated(_ pattern: String) -> String {
        var result = String.UnicodeScalarView()
        var classDepth = 0
        var scalars = pattern.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\\":
                guard let escaped = scalars.popFirst() else {
                    result.append(scalar)
                    break
                }
                switch escaped {
                case "h": result.append(contentsOf: (classDepth > 0 ? "0-9a-fA-F" : "[0-9a-fA-F]").unicodeScalars)
                case "H": result.append(contentsOf: "[^0-9a-fA-F]".unicodeScalars)
                case "w":
                    result.append(contentsOf: (classDepth > 0 ? bracketedWordClass : "[\(wordClass)]").unicodeScalars)
                case "W":
                    result.append(
                        contentsOf: "[^\(classDepth > 0 ? bracketedWordClass : wordClass)]".unicodeScalars)
                case "b" where classDepth == 0: result.append(contentsOf: wordBoundary.unicodeScalars)
                case "B" where classDepth == 0: result.append(contentsOf: noWordBoundary.unicodeScalars)
                default: result.append(contentsOf: [scalar, escaped])
                }
            case "(" where classDepth == 0 && scalars.first == "?":
                result.append(scalar)
                // The letters of options, `(?mi-x:`; a named group or a look-around has none.
                while let option = scalars.first, "?imx-".unicodeScalars.contains(option) {
                    result.append(option == "m" ? "s" : option)
                    scalars.removeFirst()
                }
            case "^" where classDepth == 0:
                // Not behind the newline that ends the text.
                result.append(contentsOf: #"(?:^(?!\z))"#.unicodeScalars)
            default:
                if scalar == "[" { classDepth += 1 } else if scalar == "]", classDepth > 0 { classDepth -= 1 }
                result.append(scalar)
            }
        }
        return String(result)
    }
}

/// Byte positions of UTF-16 positions that only go forward.
private struct BytePositions {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var byte = 0
    private var unit = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func byte(_ position: Int) -> Int {
        while unit < position, byte < bytes.count {
            let first = bytes[byte]
            byte += first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            unit += first < 0xF0 ? 1 : 2
        }
        return min(byte, bytes.count)
    }
}
