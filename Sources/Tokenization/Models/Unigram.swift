internal import OrderedJSON

/// SentencePiece's model: of all ways to divide a word into tokens the one with the highest sum of scores.
///
/// What no token begins with is unknown, one scalar at a time and much cheaper than any token; unknown scalars in a row
/// make one token.
struct Unigram: TokenizationModel {
    let vocabulary: Vocabulary
    /// The score of each token by id, a logarithm of its frequency.
    let scores: [Double]
    let unknownId: Int?
    /// Whether what is unknown becomes the tokens `<0x00>` to `<0xFF>` of its bytes, where the vocabulary has them.
    let byteFallback: Bool
    private let trie: DoubleArrayTrie
    private let unknownScore: Double
    /// The tokens of the bytes; empty without `byteFallback`.
    private let byteIds: [Int32?]

    /// How much worse an unknown scalar is than the worst token.
    private static let unknownPenalty = 10.0

    init(vocabulary: Vocabulary, scores: [Double], unknownId: Int?, byteFallback: Bool) {
        self.vocabulary = vocabulary
        self.scores = scores
        self.unknownId = unknownId
        self.byteFallback = byteFallback
        trie = DoubleArrayTrie(vocabulary.entries.map { (Array($0.token.utf8), $0.id) })
        unknownScore = (scores.min() ?? .infinity) - Self.unknownPenalty
        byteIds = byteFallback ? (0..<256).map { vocabulary.id(ByteToken.name(UInt8($0))) } : []
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        let list = try node.required("vocab")
        var tokens: [String] = []
        var scores: [Double] = []
        for element in try list.elements() {
            guard let pair = element.value.arrayValue, pair.count == 2, let token = pair[0].stringValue,
                let score = pair[1].doubleValue
            else { throw element.error("expected a token and its score") }
            tokens.append(token)
            scores.append(score)
        }
        let vocabulary = try Vocabulary(tokens: tokens, at: list)
        var unknownId: Int?
        if let unknown = try node.member("unk_id") {
            guard !tokens.isEmpty else { throw unknown.error("the vocabulary is empty") }
            unknownId = try unknown.integer(in: 0...tokens.count - 1)
        }
        self.init(
            vocabulary: vocabulary, scores: scores, unknownId: unknownId,
            byteFallback: try node.bool("byte_fallback", default: false))
    }

    /// The best way to one place in the word.
    private struct PathNode {
        var score: Double
        /// Where the last token of the way begins; -1 where there is no way yet.
        var start: Int32
        var id: Int32
    }

    func tokenize(
        _ text: NormalizedText, _ word: Range<Int>, wordIndex: Int32, into tokens: inout TokenSequence
    ) throws(TokenizerError) {
        let result = text.bytes.withUnsafeBufferPointer { bytes in
            let bytes = UnsafeBufferPointer(rebasing: bytes[word])
            return withUnsafeTemporaryAllocation(of: PathNode.self, capacity: bytes.count + 1) { path in
                Result { () throws(TokenizerError) in
                    try findBestPath(bytes, path)
                    Self.turnAround(path)
                    emit(path, bytes, text, word.lowerBound, wordIndex, &tokens)
                }
            }
        }
        try result.get()
    }

    /// Replaces `parts` by the tokens of a word with their lengths; false where some of it is unknown.
    func split(_ word: UnsafeBufferPointer<UInt8>, into parts: inout [WordToken]) throws(TokenizerError) -> Bool {
        parts.removeAll(keepingCapacity: true)
        let result = withUnsafeTemporaryAllocation(of: PathNode.self, capacity: word.count + 1) { path in
            Result { () throws(TokenizerError) in
                try findBestPath(word, path)
                Self.turnAround(path)
                var start = 0
                while start < word.count {
                    let id = path[start].id
                    if Int(id) == unknownId { return false }
                    parts.append(WordToken(id: id, length: path[start].start - Int32(truncatingIfNeeded: start)))
                    start = Int(path[start].start)
                }
                return true
            }
        }
        return try result.get()
    }

    private func findBestPath(
        _ bytes: UnsafeBufferPointer<UInt8>, _ path: UnsafeMutableBufferPointer<PathNode>
    ) throws(TokenizerError) {
        path.initialize(repeating: PathNode(score: 0, start: -1, id: 0))
        let unknownId = unknownId.map(Int32.init(truncatingIfNeeded:)) ?? -1
        let root = trie.root
        let isComplete = trie.units.withUnsafeBufferPointer { units in
            scores.withUnsafeBufferPointer { scores in
                var start = 0
                while start < bytes.count {
                    let scoreHere = path[start].score
                    let scalarEnd = start + UTF8Scalars.width(bytes[start])
                    var hasScalar = false
                    var base = root
                    var end = start
                    while end < bytes.count, let unit = DoubleArrayTrie.child(units, base, bytes[end]) {
                        end += 1
                        base = DoubleArrayTrie.base(unit)
                        let id = DoubleArrayTrie.value(unit)
                        guard id >= 0 else { continue }
                        let score = scores[id] + scoreHere
                        if path[end].start < 0 || score > path[end].score {
                            path[end] = PathNode(
                                score: score, start: Int32(truncatingIfNeeded: start), id: Int32(truncatingIfNeeded: id)
                            )
                        }
                        if end == scalarEnd { hasScalar = true }
                    }
                    if !hasScalar {
                        let score = unknownScore + scoreHere
                        if path[scalarEnd].start < 0 || score > path[scalarEnd].score {
                            guard unknownId >= 0 else { return false }
                            path[scalarEnd] = PathNode(
                                score: score, start: Int32(truncatingIfNeeded: start), id: unknownId)
                        }
                    }
                    start = scalarEnd
                }
                return true
            }
        }
        guard isComplete else { throw .missingUnknownToken("(unk_id)") }
    }

    /// Turns the links of the path, which lead from its end to its beginning, the other way round.
    private static func turnAround(_ path: UnsafeMutableBufferPointer<PathNode>) {
        var here = path.count - 1
        var next = (end: Int32(-1), id: Int32(-1))
        while true {
            let node = path[here]
            (path[here].start, path[here].id) = next
            guard here > 0 else { return }
            next = (Int32(truncatingIfNeeded: here), node.id)
            here = Int(node.start)
        }
    }

    private func emit(
        _ path: UnsafeMutableBufferPointer<PathNode>, _ bytes: UnsafeBufferPointer<UInt8>, _ text: NormalizedText,
        _ origin: Int, _ wordIndex: Int32, _ tokens: inout TokenSequence
    ) {
        let unknownId = unknownId.map(Int32.init(truncatingIfNeeded:)) ?? -1
        var start = 0
        while start < path.count - 1 {
            let id = path[start].id
            var end = Int(path[start].start)
            guard id == unknownId else {
                tokens.append(id, text.originalRange(origin + start..<origin + end), wordIndex)
                start = end
                continue
            }
            while end < path.count - 1, path[end].id == unknownId { end = Int(path[end].start) }
            let offset = text.originalRange(origin + start..<origin + end)
            if let known = trie.value(bytes[start..<end]) {
                tokens.append(Int32(truncatingIfNeeded: known), offset, wordIndex)
            } else if byteFallback, bytes[start..<end].allSatisfy({ byteIds[Int($0)] != nil }) {
                for byte in bytes[start..<end] {
                    if let id = byteIds[Int(byte)] { tokens.append(id, offset, wordIndex) }
                }
            } else {
                // The token's string is the text's, as in Python.
                tokens.surfaces[tokens.count] = String(
                    decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
                tokens.append(unknownId, offset, wordIndex)
            }
            start = end
        }
    }

    var json: JSONValue {
        let pairs = (0..<scores.count).map { id in
            JSONValue.array([.string(vocabulary.token(id) ?? ""), .double(scores[id])])
        }
        return [
            "type": "Unigram", "unk_id": unknownId.map(JSONValue.int) ?? .null, "vocab": .array(pairs),
            "byte_fallback": .bool(byteFallback),
        ]
    }
}

/// The tokens that stand for single bytes.
enum ByteToken {
    private static let digits = Array("0123456789ABCDEF".unicodeScalars)

    /// `<0x41>` for the byte 65.
    static func name(_ byte: UInt8) -> String {
        var name = "<0x".unicodeScalars
        name.append(digits[Int(byte >> 4)])
        name.append(digits[Int(byte & 15)])
        name.append(">")
        return String(name)
    }

    /// The byte that a token stands for; nil where it is no such token.
    static func byte(_ token: String) -> UInt8? {
        let bytes = Array(token.utf8)
        guard bytes.count == 6, bytes.starts(with: "<0x".utf8), bytes[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: bytes[3..<5], as: UTF8.self), radix: 16)
    }
}
