internal import Foundation
internal import OrderedJSON

/// Replaces graphemes and scalars as SentencePiece's compiled character map says.
///
/// A short grapheme whose first bytes are an entry becomes that entry's text as a whole; the scalars of others are
/// looked up one by one.
struct PrecompiledNormalizer: Normalizer {
    private let map: CharacterMap
    /// What becomes of each ASCII character; `ASCIIRules.other` where that is no single ASCII character.
    private let ascii: [UInt8]
    /// Longer graphemes are not looked up as a whole.
    private static let graphemeLimit = 6

    init(_ map: CharacterMap) {
        self.map = map
        ascii = (0..<128).map { (byte: UInt8) in
            // A carriage return makes one grapheme with a newline.
            guard byte != 0x0D else { return ASCIIRules.other }
            let text = [byte].withUnsafeBufferPointer { map.replacement(of: 0..<1, in: $0) }
            guard let text else { return byte }
            return text.count == 1 && text[text.startIndex] < 0x80 ? text[text.startIndex] : ASCIIRules.other
        }
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        let member = try node.required("precompiled_charsmap")
        guard let data = Data(base64Encoded: try member.string()), let map = CharacterMap([UInt8](data)) else {
            throw member.error("is not a character map of SentencePiece in base 64")
        }
        self.init(map)
    }

    func normalize(original: UnsafeBufferPointer<UInt8>, firstScalar: Int32, into text: inout NormalizedText) {
        text.append(original: original, firstScalar: firstScalar)
        normalize(&text)
    }

    func normalize(_ text: inout NormalizedText) {
        if normalizeASCII(&text) { return }
        var rewriter: Rewriter?
        text.bytes.withUnsafeBufferPointer { bytes in
            let breaks = GraphemeBreaks.shared
            var position = 0
            while position < bytes.count {
                let end = breaks.end(of: position, in: bytes)
                if end - position < Self.graphemeLimit,
                    let replacement = map.replacement(of: position..<end, in: bytes)
                {
                    Rewriter.replace(&rewriter, text, bytes, position..<end, by: replacement)
                    position = end
                    continue
                }
                while position < end {
                    let scalar = position..<position + UTF8Scalars.width(bytes[position])
                    if let replacement = map.replacement(of: scalar, in: bytes) {
                        Rewriter.replace(&rewriter, text, bytes, scalar, by: replacement)
                    } else {
                        rewriter?.keep(scalar, bytes)
                    }
                    position = scalar.upperBound
                }
            }
        }
        if let rewriter { text = rewriter.finished() }
    }

    /// The short way for text in ASCII; false, with nothing changed, where there is something else.
    private func normalizeASCII(_ text: inout NormalizedText) -> Bool {
        ascii.withUnsafeBufferPointer { ascii in
            text.bytes.withUnsafeMutableBufferPointer { bytes in
                var union: UInt8 = 0
                for byte in bytes { union |= byte >= 0x80 ? 0x80 : ascii[Int(byte)] }
                guard union < 0x80 else { return false }
                for index in bytes.indices { bytes[index] = ascii[Int(bytes[index])] }
                return true
            }
        }
    }

    var asciiRules: ASCIIRules? { ASCIIRules(mapping: ascii) }

    var json: JSONValue {
        ["type": "Precompiled", "precompiled_charsmap": .string(Data(map.data).base64EncodedString())]
    }
}

/// Writes the new text with the places that the Rust tokenizers give it, oddities included.
private struct Rewriter {
    private var rewriter: TextRewriter
    /// A scalar that was added, and not put in another's place: a removal that follows changes its place.
    private var added: UInt32?
    private var isEmpty: Bool

    static func replace(
        _ rewriter: inout Rewriter?, _ text: NormalizedText, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
        by replacement: ArraySlice<UInt8>
    ) {
        var working = rewriter ?? Rewriter(text, keeping: range.lowerBound)
        rewriter = nil
        working.replace(bytes, range, by: replacement)
        rewriter = working
    }

    private init(_ text: NormalizedText, keeping end: Int) {
        rewriter = TextRewriter(text)
        rewriter.keep(to: end)
        isEmpty = end == 0
    }

    mutating func keep(_ scalar: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) {
        flush()
        isEmpty = false
        if rewriter.position == scalar.lowerBound { return rewriter.keep(to: scalar.upperBound) }
        var position = scalar.lowerBound
        rewriter.append(UTF8Scalars.decode(bytes, &position), change: 0)
    }

    private mutating func replace(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, by replacement: ArraySlice<UInt8>
    ) {
        let oldCount = bytes[range].count { $0 & 0xC0 != 0x80 }
        guard !replacement.isEmpty else {
            if let added {
                self.added = nil
                rewriter.append(added, change: 1 - oldCount)
            } else if !isEmpty {
                rewriter.remove(oldCount)
            }
            return
        }
        let newCount = replacement.count { $0 & 0xC0 != 0x80 }
        isEmpty = false
        replacement.withUnsafeBufferPointer { replacement in
            var position = 0
            for index in 0..<newCount {
                flush()
                let scalar = UTF8Scalars.decode(replacement, &position)
                if index >= oldCount {
                    added = scalar
                } else {
                    rewriter.append(scalar, change: index == newCount - 1 ? min(0, newCount - oldCount) : 0)
                }
            }
        }
    }

    private mutating func flush() {
        guard let added else { return }
        rewriter.append(added, change: 1)
        self.added = nil
    }

    consuming func finished() -> NormalizedText {
        flush()
        return rewriter.finished()
    }
}
