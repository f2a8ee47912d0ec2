/// Finds added tokens in text: the leftmost first, of those that begin together the longest.
struct AddedTokenMatcher: Sendable {
    /// An added token at a place in the text, in bytes, with the whitespace that it takes.
    struct Match {
        let id: Int32
        let range: Range<Int>
        /// Whether the text there is another than the token's own.
        let differs: Bool
    }

    private struct Candidate: Sendable {
        let bytes: [UInt8]
        let token: AddedToken
        /// Whether what is looked for is the token as it is.
        let isVerbatim: Bool
    }

    /// By first byte, the longest first.
    private var candidates: [[Candidate]] = []
    private var firstBytes = [Bool](repeating: false, count: 256)

    var isEmpty: Bool { candidates.isEmpty }

    /// `contents` gives what to look for, which may differ from the token itself where text is normalized first.
    init(_ tokens: [(content: [UInt8], token: AddedToken)]) {
        let usable = tokens.filter { !$0.content.isEmpty }
        guard !usable.isEmpty else { return }
        candidates = Array(repeating: [], count: 256)
        for (content, token) in usable.sorted(by: { $0.content.count > $1.content.count }) {
            candidates[Int(content[0])].append(
                Candidate(bytes: content, token: token, isVerbatim: content.elementsEqual(token.content.utf8)))
            firstBytes[Int(content[0])] = true
        }
    }

    /// The matches in order; they do not overlap.
    func matches(in text: UnsafeBufferPointer<UInt8>) -> [Match] {
        guard !isEmpty else { return [] }
        var found: [Match] = []
        var taken = 0
        var position = 0
        while position < text.count {
            guard firstBytes[Int(text[position])], let candidate = candidate(at: position, text) else {
                position += 1
                continue
            }
            var range = position..<position + candidate.bytes.count
            position = range.upperBound
            if candidate.token.singleWord, isInsideWord(range, text) { continue }
            if candidate.token.lstrip {
                range = max(taken, whitespaceStart(before: range.lowerBound, text))..<range.upperBound
            }
            if candidate.token.rstrip {
                range = range.lowerBound..<whitespaceEnd(after: range.upperBound, text)
            }
            guard range.lowerBound >= taken else { continue }
            let isPlain = range.count == candidate.bytes.count && candidate.isVerbatim
            found.append(Match(id: candidate.token.id, range: range, differs: !isPlain))
            taken = range.upperBound
        }
        return found
    }

    private func candidate(at position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Candidate? {
        let rest = text[position...]
        return candidates[Int(text[position])].first { rest.starts(with: $0.bytes) }
    }

    private func isInsideWord(_ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if let before = scalar(before: range.lowerBound, text), Self.isWordScalar(before.value) { return true }
        var position = range.upperBound
        return position < text.count && Self.isWordScalar(UTF8Scalars.decode(text, &position))
    }

    private static func isWordScalar(_ value: UInt32) -> Bool { PatternClasses.shared[value].contains(.word) }

    private func scalar(before end: Int, _ text: UnsafeBufferPointer<UInt8>) -> (value: UInt32, start: Int)? {
        guard end > 0 else { return nil }
        var start = end - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        var position = start
        return (UTF8Scalars.decode(text, &position), start)
    }

    private func whitespaceStart(before end: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var start = end
        while let before = scalar(before: start, text),
            CharacterClasses.shared[before.value].contains(.whitespace)
        {
            start = before.start
        }
        return start
    }

    private func whitespaceEnd(after start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var end = start
        while end < text.count {
            var position = end
            guard CharacterClasses.shared[UTF8Scalars.decode(text, &position)].contains(.whitespace) else { break }
            end = position
        }
        return end
    }
}
