internal import OrderedJSON

extension BPE {
    /// The `model` of `tokenizer.json`.
    init(_ node: PipelineNode) throws(TokenizerError) {
        var settings = Settings()
        if let dropout = try node.member("dropout") {
            guard let value = dropout.value.doubleValue, (0...1).contains(value) else {
                throw dropout.error("expected a number from 0 to 1")
            }
            settings.dropout = value
        }
        settings.unkToken = try node.member("unk_token")?.string()
        settings.continuingSubwordPrefix = try node.member("continuing_subword_prefix")?.string()
        settings.endOfWordSuffix = try node.member("end_of_word_suffix")?.string()
        settings.fuseUnk = try node.bool("fuse_unk", default: false)
        settings.byteFallback = try node.bool("byte_fallback", default: false)
        settings.ignoreMerges = try node.bool("ignore_merges", default: false)
        let vocabulary = try Vocabulary(try node.required("vocab"))
        let list = try node.required("merges")
        var pairs: [(Substring, Substring)] = []
        guard let array = list.value.arrayValue else { throw list.error("expected an array") }
        pairs.reserveCapacity(array.count)
        for (index, value) in array.enumerated() {
            if let line = value.stringValue {
                if line.utf8.starts(with: "#version".utf8) { continue }
                guard let pair = Self.pair(Substring(line)) else {
                    throw list.error("merge \(index), \(line.debugDescription), is not two tokens separated by a space")
                }
                pairs.append(pair)
            } else if let parts = value.arrayValue, parts.count == 2, let left = parts[0].stringValue,
                let right = parts[1].stringValue
            {
                pairs.append((Substring(left), Substring(right)))
            } else {
                throw list.error("merge \(index) is neither a string nor two strings")
            }
        }
        try self.init(vocabulary: vocabulary, pairs: pairs, settings: settings) { (reason) in list.error(reason) }
    }

    /// The pairs of a `merges.txt`: two tokens a line; lines that begin with `#version` do not count.
    static func pairs(text: String, path: String) throws(TokenizerError) -> [(Substring, Substring)] {
        var pairs: [(Substring, Substring)] = []
        let bytes = text.utf8
        var start = bytes.startIndex
        var number = 0
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            var line = text[start..<end]
            start = end == bytes.endIndex ? end : bytes.index(after: end)
            number += 1
            if line.utf8.last == UInt8(ascii: "\r") { line.unicodeScalars.removeLast() }
            if line.utf8.isEmpty || line.utf8.starts(with: "#version".utf8) { continue }
            guard let pair = pair(line) else {
                throw .invalidFile(
                    path: path, place: "line \(number)", reason: "expected two tokens separated by a space")
            }
            pairs.append(pair)
        }
        return pairs
    }

    private static func pair(_ line: Substring) -> (Substring, Substring)? {
        let bytes = line.utf8
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let second = bytes.index(after: space)
        guard bytes[second...].firstIndex(of: UInt8(ascii: " ")) == nil else { return nil }
        return (line[..<space], line[second...])
    }

    /// - Parameter error: makes the error for what is wrong with the merges.
    init(
        vocabulary: Vocabulary, pairs: [(Substring, Substring)], settings: Settings,
        error: (String) -> TokenizerError
    ) throws(TokenizerError) {
        guard pairs.count < Int(UInt32.max) else { throw error("too many merges (\(pairs.count))") }
        let prefixLength = settings.continuingSubwordPrefix?.utf8.count ?? 0
        var merges = MergeTable(capacity: pairs.count)
        for (rank, (left, right)) in pairs.enumerated() {
            func missing(_ token: String) -> TokenizerError {
                error("merge \(rank) (\(left) \(right)) needs the token \(token), which is not in the vocabulary")
            }
            guard right.utf8.count >= prefixLength else {
                throw error("merge \(rank) (\(left) \(right)): \(right) lacks the prefix of continuing tokens")
            }
            let (leftId, mergedId) = vocabulary.trie.values(left.utf8, right.utf8.dropFirst(prefixLength))
            guard let leftId else { throw missing(String(left)) }
            guard let rightId = vocabulary.trie.value(right.utf8) else { throw missing(String(right)) }
            guard let id = mergedId else {
                throw missing("\(left)\(String(decoding: right.utf8.dropFirst(prefixLength), as: UTF8.self))")
            }
            merges.insert(leftId, rightId, MergeTable.Merge(rank: UInt32(rank), id: id))
        }
        self.init(vocabulary: vocabulary, merges: merges, settings: settings)
    }

    var json: JSONValue {
        [
            "type": "BPE", "dropout": settings.dropout.map(JSONValue.double) ?? .null,
            "unk_token": settings.unkToken.map(JSONValue.string) ?? .null,
            "continuing_subword_prefix": settings.continuingSubwordPrefix.map(JSONValue.string) ?? .null,
            "end_of_word_suffix": settings.endOfWordSuffix.map(JSONValue.string) ?? .null,
            "fuse_unk": .bool(settings.fuseUnk), "byte_fallback": .bool(settings.byteFallback),
            "ignore_merges": .bool(settings.ignoreMerges), "vocab": vocabulary.json,
            "merges": .array(
                merges.pairs.map { pair in
                    let tokens = [pair.left, pair.right].map { vocabulary.token(Int($0)) ?? "" }
                    return .array(tokens.map(JSONValue.string))
                }),
        ]
    }
}
