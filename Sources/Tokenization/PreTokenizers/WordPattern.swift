/// The patterns that byte-level tokenizers split text by, each with a scanner of its own instead of a regular expression.
///
/// All match every text from end to end, so that a word begins where the one before ends.
enum WordPattern: Sendable, CaseIterable {
    case gpt2
    case llama3
    case qwen2

    /// The regular expression that the scanner stands for.
    var expression: String {
        switch self {
        case .gpt2: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .llama3: Self.later(digits: #"\p{N}{1,3}"#)
        case .qwen2: Self.later(digits: #"\p{N}"#)
        }
    }

    private static func later(digits: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    init?(expression: String) {
        guard let pattern = Self.allCases.first(where: { $0.expression == expression }) else { return nil }
        self = pattern
    }
}

extension WordPattern {
    /// Where the word ends that begins at `start`, which must be before `end`.
    @inline(__always)
    func wordEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ table: UnsafePointer<UInt8>) -> Int {
        let scanner = WordScanner(bytes: bytes, end: end, table: table)
        switch self {
        case .gpt2: return scanner.gpt2(start)
        case .llama3: return scanner.later(start, maxDigits: 3)
        case .qwen2: return scanner.later(start, maxDigits: 1)
        }
    }
}

/// One text and the table of its characters' classes.
private struct WordScanner {
    let bytes: UnsafePointer<UInt8>
    let end: Int
    let table: UnsafePointer<UInt8>

    /// Anything but a letter, a number or whitespace.
    private static let known = PatternClass.letter.rawValue | PatternClass.number.rawValue | PatternClass.space.rawValue

    @inline(__always)
    func gpt2(_ start: Int) -> Int {
        var position = start
        let first = scalar(&position)
        if first == 0x27, let contraction = contractionEnd(position) { return contraction }
        var firstClass = table[Int(first)]
        if first == 0x20, position < end {
            let next = classAt(position)
            if next & PatternClass.space.rawValue == 0 {
                firstClass = next
                _ = scalar(&position)
            }
        }
        if firstClass & PatternClass.letter.rawValue != 0 { return run(position, PatternClass.letter.rawValue) }
        if firstClass & PatternClass.number.rawValue != 0 { return run(position, PatternClass.number.rawValue) }
        if firstClass & PatternClass.space.rawValue == 0 { return runOfOthers(position) }
        return whitespaceEnd(start, position)
    }

    /// Llama 3's, and with single digits Qwen2's.
    @inline(__always)
    func later(_ start: Int, maxDigits: Int) -> Int {
        var position = start
        let first = scalar(&position)
        let firstClass = table[Int(first)]
        if firstClass & PatternClass.letter.rawValue != 0 { return run(position, PatternClass.letter.rawValue) }
        if first == 0x27, let contraction = contractionEndIgnoringCase(position) { return contraction }
        if firstClass & PatternClass.number.rawValue != 0 {
            var digits = 1
            while digits < maxDigits, position < end, classAt(position) & PatternClass.number.rawValue != 0 {
                _ = scalar(&position)
                digits += 1
            }
            return position
        }
        if position < end {
            let next = classAt(position)
            if firstClass & PatternClass.newline.rawValue == 0, next & PatternClass.letter.rawValue != 0 {
                return run(position, PatternClass.letter.rawValue)
            }
            if first == 0x20, next & Self.known == 0 { return newlines(runOfOthers(position)) }
        }
        if firstClass & PatternClass.space.rawValue == 0 { return newlines(runOfOthers(position)) }
        return whitespaceOrNewlinesEnd(start)
    }

    @inline(__always)
    private func scalar(_ position: inout Int) -> UInt32 {
        let byte = bytes[position]
        if byte < 0x80 {
            position += 1
            return UInt32(byte)
        }
        return UTF8Scalars.decode(UnsafeBufferPointer(start: bytes, count: end), &position)
    }

    @inline(__always)
    private func classAt(_ position: Int) -> UInt8 {
        var position = position
        return table[Int(scalar(&position))]
    }

    @inline(__always)
    private func run(_ start: Int, _ classes: UInt8) -> Int {
        var position = start
        while position < end {
            let here = position
            if table[Int(scalar(&position))] & classes == 0 { return here }
        }
        return position
    }

    @inline(__always)
    private func runOfOthers(_ start: Int) -> Int {
        var position = start
        while position < end {
            let here = position
            if table[Int(scalar(&position))] & Self.known != 0 { return here }
        }
        return position
    }

    private func newlines(_ start: Int) -> Int {
        var position = start
        while position < end, bytes[position] == 0x0A || bytes[position] == 0x0D { position += 1 }
        return position
    }

    /// `\s+(?!\S)|\s+`: the last of several whitespace characters goes with the word behind them.
    private func whitespaceEnd(_ start: Int, _ afterFirst: Int) -> Int {
        var position = afterFirst
        var last = start
        while position < end {
            let here = position
            guard table[Int(scalar(&position))] & PatternClass.space.rawValue != 0 else {
                return last == start ? afterFirst : last
            }
            last = here
        }
        return position
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`
    private func whitespaceOrNewlinesEnd(_ start: Int) -> Int {
        var position = start
        var afterFirst = start
        var afterNewline = start
        var last = start
        while position < end {
            let here = position
            let characterClass = table[Int(scalar(&position))]
            guard characterClass & PatternClass.space.rawValue != 0 else {
                if afterNewline > start { return afterNewline }
                return last == start ? afterFirst : last
            }
            if here == start { afterFirst = position }
            if characterClass & PatternClass.newline.rawValue != 0 { afterNewline = position }
            last = here
        }
        return afterNewline > start ? afterNewline : position
    }

    /// What follows an apostrophe in `'s|'t|'re|'ve|'m|'ll|'d`.
    private func contractionEnd(_ start: Int) -> Int? {
        guard start < end else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 1
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return follows(start, UInt8(ascii: "e"))
        case UInt8(ascii: "l"): return follows(start, UInt8(ascii: "l"))
        default: return nil
        }
    }

    private func follows(_ start: Int, _ byte: UInt8) -> Int? {
        start + 1 < end && bytes[start + 1] == byte ? start + 2 : nil
    }

    /// The same without regard to case, which the long s (U+017F) belongs to.
    private func contractionEndIgnoringCase(_ start: Int) -> Int? {
        guard start < end else { return nil }
        switch bytes[start] | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 1
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return followsIgnoringCase(start, UInt8(ascii: "e"))
        case UInt8(ascii: "l"): return followsIgnoringCase(start, UInt8(ascii: "l"))
        default:
            return bytes[start] == 0xC5 && start + 1 < end && bytes[start + 1] == 0xBF ? start + 2 : nil
        }
    }

    private func followsIgnoringCase(_ start: Int, _ byte: UInt8) -> Int? {
        start + 1 < end && bytes[start + 1] | 0x20 == byte ? start + 2 : nil
    }
}
