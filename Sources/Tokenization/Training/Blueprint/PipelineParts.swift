internal import OrderedJSON

/// A step of a tokenizer as `tokenizer.json` describes it.
struct PipelinePart: Sendable, Equatable {
    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    init(parsing text: String) throws(TokenizerError) {
        do {
            json = try JSONValue(parsing: text)
        } catch {
            throw .malformedJSON(path: "JSON", line: error.line, column: error.column, reason: error.reason)
        }
    }
}

/// How text is rewritten before it is split: the normalizers of Python's `tokenizers`.
public struct Normalization: Sendable, Equatable {
    let part: PipelinePart
    private init(_ json: JSONValue) { part = PipelinePart(json) }

    /// Any normalizer, as `tokenizer.json` writes it.
    /// - Throws: `TokenizerError.malformedJSON`.
    public init(json: String) throws { part = try PipelinePart(parsing: json) }

    /// `BertNormalizer`; `stripAccents` follows `lowercase` where it is nil.
    public static func bert(
        cleanText: Bool = true, handleChineseChars: Bool = true, stripAccents: Bool? = nil, lowercase: Bool = true
    ) -> Normalization {
        Normalization([
            "type": "BertNormalizer", "clean_text": .bool(cleanText),
            "handle_chinese_chars": .bool(handleChineseChars),
            "strip_accents": stripAccents.map(JSONValue.bool) ?? .null, "lowercase": .bool(lowercase),
        ])
    }

    public static let lowercase = Normalization(["type": "Lowercase"])
    public static let nfc = Normalization(["type": "NFC"])
    public static let nfd = Normalization(["type": "NFD"])
    public static let nfkc = Normalization(["type": "NFKC"])
    public static let nfkd = Normalization(["type": "NFKD"])
    /// The normalization of SentencePiece's `nmt` rules.
    public static let nmt = Normalization(["type": "Nmt"])
    /// Removes combining marks; accents must have been decomposed before.
    public static let stripAccents = Normalization(["type": "StripAccents"])

    /// Removes whitespace at the ends of the text.
    public static func strip(left: Bool = true, right: Bool = true) -> Normalization {
        Normalization(["type": "Strip", "strip_left": .bool(left), "strip_right": .bool(right)])
    }

    /// Puts a string in front of the text.
    public static func prepend(_ string: String) -> Normalization {
        Normalization(["type": "Prepend", "prepend": .string(string)])
    }

    /// Replaces each occurrence of a string.
    public static func replace(_ string: String, with content: String) -> Normalization {
        Normalization(["type": "Replace", "pattern": ["String": .string(string)], "content": .string(content)])
    }

    /// Replaces each match of a regular expression.
    public static func replace(regex: String, with content: String) -> Normalization {
        Normalization(["type": "Replace", "pattern": ["Regex": .string(regex)], "content": .string(content)])
    }

    /// Several steps, one after the other.
    public static func sequence(_ steps: [Normalization]) -> Normalization {
        Normalization(["type": "Sequence", "normalizers": .array(steps.map(\.part.json))])
    }
}

/// How text is split into words: the pre-tokenizers of Python's `tokenizers`.
public struct PreTokenization: Sendable, Equatable {
    let part: PipelinePart
    private init(_ json: JSONValue) { part = PipelinePart(json) }

    /// Any pre-tokenizer, as `tokenizer.json` writes it.
    /// - Throws: `TokenizerError.malformedJSON`.
    public init(json: String) throws { part = try PipelinePart(parsing: json) }

    /// At whitespace, every punctuation mark by itself.
    public static let bert = PreTokenization(["type": "BertPreTokenizer"])
    /// Runs of letters and digits, and runs of other characters.
    public static let whitespace = PreTokenization(["type": "Whitespace"])
    public static let whitespaceSplit = PreTokenization(["type": "WhitespaceSplit"])
    /// Every punctuation mark by itself.
    public static let punctuation = PreTokenization(["type": "Punctuation", "behavior": "Isolated"])

    /// Runs of digits, or every digit by itself.
    public static func digits(individualDigits: Bool = false) -> PreTokenization {
        PreTokenization(["type": "Digits", "individual_digits": .bool(individualDigits)])
    }

    /// GPT-2's words, written in one character for each byte.
    public static func byteLevel(addPrefixSpace: Bool = true, useRegex: Bool = true) -> PreTokenization {
        PreTokenization([
            "type": "ByteLevel", "add_prefix_space": .bool(addPrefixSpace), "trim_offsets": true,
            "use_regex": .bool(useRegex),
        ])
    }

    /// SentencePiece's words: spaces become `▁` and begin a word.
    public static func metaspace(
        replacement: Character = "▁", prependScheme: MetaspacePrepend = .always, split: Bool = true
    ) -> PreTokenization {
        PreTokenization([
            "type": "Metaspace", "replacement": .string(String(replacement)),
            "prepend_scheme": .string(prependScheme.rawValue), "split": .bool(split),
        ])
    }

    /// Splits at, or into, the matches of a regular expression.
    public static func split(
        regex: String, behavior: SplitDelimiter = .isolated, invert: Bool = false
    ) -> PreTokenization {
        PreTokenization([
            "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": .string(behavior.rawValue),
            "invert": .bool(invert),
        ])
    }

    /// Several steps, each splitting the words of the one before.
    public static func sequence(_ steps: [PreTokenization]) -> PreTokenization {
        PreTokenization(["type": "Sequence", "pretokenizers": .array(steps.map(\.part.json))])
    }
}

/// Where `Metaspace` puts its character in front of a text.
public enum MetaspacePrepend: String, Sendable {
    case always, never, first
}

/// What becomes of the matches at which a text is split.
public enum SplitDelimiter: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
}

/// How tokens become text again: the decoders of Python's `tokenizers`.
public struct Decoding: Sendable, Equatable {
    let part: PipelinePart
    private init(_ json: JSONValue) { part = PipelinePart(json) }

    /// Any decoder, as `tokenizer.json` writes it.
    /// - Throws: `TokenizerError.malformedJSON`.
    public init(json: String) throws { part = try PipelinePart(parsing: json) }

    public static func wordPiece(prefix: String = "##", cleanup: Bool = true) -> Decoding {
        Decoding(["type": "WordPiece", "prefix": .string(prefix), "cleanup": .bool(cleanup)])
    }

    public static let byteLevel = Decoding([
        "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
    ])

    public static func metaspace(
        replacement: Character = "▁", prependScheme: MetaspacePrepend = .always, split: Bool = true
    ) -> Decoding {
        Decoding([
            "type": "Metaspace", "replacement": .string(String(replacement)),
            "prepend_scheme": .string(prependScheme.rawValue), "split": .bool(split),
        ])
    }

    /// Words end where a token has the suffix.
    public static func bpe(suffix: String = "</w>") -> Decoding {
        Decoding(["type": "BPEDecoder", "suffix": .string(suffix)])
    }

    /// Several steps, one after the other.
    public static func sequence(_ steps: [Decoding]) -> Decoding {
        Decoding(["type": "Sequence", "decoders": .array(steps.map(\.part.json))])
    }
}
