internal import OrderedJSON

/// Writes each space as a visible mark (`▁`), puts one before the text, and begins a word at each.
///
/// The decoder of the same name does the reverse.
struct Metaspace: Sendable {
    /// Before which words the mark is put.
    enum PrependScheme: String, Sendable {
        case always, never
        /// Before the one that begins the text.
        case first
    }

    let replacement: Unicode.Scalar
    let prependScheme: PrependScheme
    /// Whether words are split at the mark.
    let splits: Bool
    private let mark: [UInt8]

    init(replacement: Unicode.Scalar = "▁", prependScheme: PrependScheme = .always, splits: Bool = true) {
        self.replacement = replacement
        self.prependScheme = prependScheme
        self.splits = splits
        mark = Array(String(Character(replacement)).utf8)
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        let replacement = try node.required("replacement")
        let scalars = try replacement.string().unicodeScalars
        guard let scalar = scalars.first, scalars.count == 1 else {
            throw replacement.error("expected a single character")
        }
        var scheme = PrependScheme.always
        if let member = try node.member("prepend_scheme") {
            guard let named = PrependScheme(rawValue: try member.string()) else {
                throw member.error("expected \"always\", \"first\" or \"never\"")
            }
            scheme = named
        }
        // Files of old versions have this instead.
        if let prefix = try node.member("add_prefix_space"), try !prefix.bool() {
            guard try node.member("prepend_scheme") == nil || scheme == .never else {
                throw prefix.error("add_prefix_space is false, but prepend_scheme is \(scheme.rawValue)")
            }
            scheme = .never
        }
        self.init(replacement: scalar, prependScheme: scheme, splits: try node.bool("split", default: true))
    }

    var json: JSONValue {
        [
            "type": "Metaspace", "replacement": .string(String(Character(replacement))),
            "prepend_scheme": .string(prependScheme.rawValue), "split": .bool(splits),
        ]
    }
}

extension Metaspace: PreTokenizer {
    var keepsText: Bool { false }

    func preTokenize(_ text: inout NormalizedText, _ words: inout [Range<Int>]) throws(TokenizerError) {
        var result = NormalizedText()
        let spaces = text.bytes.count { $0 == UInt8(ascii: " ") }
        let capacity = text.bytes.count + (mark.count - 1) * spaces + mark.count * words.count
        var marked: [Range<Int>] = []
        marked.reserveCapacity(words.count + spaces)
        text.bytes.withUnsafeBufferPointer { bytes in
            text.sources.withUnsafeBufferPointer { sources in
                var filler = Filler(capacity: capacity)
                for word in words { rewrite(word, bytes, sources, &filler, into: &marked) }
                result = filler.text
            }
        }
        text = result
        words = marked
    }

    /// Appends the word in its new form, and its parts.
    @inline(__always)
    private func rewrite(
        _ word: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ sources: UnsafeBufferPointer<Int32>,
        _ result: inout Filler, into words: inout [Range<Int>]
    ) {
        let isMarked =
            bytes[word.lowerBound] == UInt8(ascii: " ") || bytes[word].starts(with: mark)
        let source = sources[word.lowerBound]
        var start = result.count
        if !isMarked, prependScheme == .always || prependScheme == .first && (source == 0 || source == ~0) {
            result.append(mark, source)
        }
        var position = word.lowerBound
        while position < word.upperBound {
            let byte = bytes[position]
            let isSpace = byte == UInt8(ascii: " ")
            if isSpace || byte == mark[0] && bytes[position..<word.upperBound].starts(with: mark) {
                if splits, result.count > start {
                    words.append(start..<result.count)
                    start = result.count
                }
                if isSpace { result.append(mark, sources[position]) } else { result.append(byte, sources[position]) }
            } else {
                result.append(byte, sources[position])
            }
            position += 1
        }
        if result.count > start { words.append(start..<result.count) }
    }

    /// A text under construction whose size is known.
    private struct Filler {
        private(set) var text = NormalizedText()

        init(capacity: Int) {
            text.bytes.reserveCapacity(capacity)
            text.sources.reserveCapacity(capacity)
        }

        var count: Int { text.bytes.count }

        @inline(__always)
        mutating func append(_ byte: UInt8, _ source: Int32) { text.append(byte, source: source) }

        @inline(__always)
        mutating func append(_ bytes: [UInt8], _ source: Int32) { for byte in bytes { append(byte, source) } }
    }
}

extension Metaspace: TokenDecoder {
    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            var text = String.UnicodeScalarView()
            for scalar in token.unicodeScalars {
                if scalar != replacement {
                    text.append(scalar)
                } else if index > 0 || prependScheme == .never {
                    text.append(" ")
                }
            }
            return String(text)
        }
    }
}
