internal import OrderedJSON

/// A model's tokens and their ids.
struct Vocabulary: Sendable {
    /// Ids from here on are refused: they would only come from a damaged file.
    static let idLimit = 1 << 24

    private(set) var trie: ByteTrie
    /// The token of each id; nil where an id is not used.
    private var tokens: [String?]
    /// How many tokens there are.
    let count: Int

    /// Tokens in order; one that comes twice has its later place, as in Python's reader of `vocab.txt`.
    init(lines: [Substring]) {
        trie = ByteTrie(expectedKeys: lines.count)
        tokens = lines.map { String($0) }
        var count = 0
        for (id, line) in lines.enumerated() {
            if let earlier = trie.insert(line.utf8, value: Int32(id)) { tokens[Int(earlier)] = nil } else { count += 1 }
        }
        self.count = count
    }

    /// Tokens in order, as Unigram has them; of those that come twice the last one is found by its name.
    init(tokens: [String], at node: PipelineNode) throws(TokenizerError) {
        guard tokens.count <= Self.idLimit else { throw node.error("too many tokens (\(tokens.count))") }
        guard tokens.reduce(0, { $0 + $1.utf8.count }) < ByteTrie.nodeLimit - 1 else {
            throw node.error("the tokens are too long altogether")
        }
        trie = ByteTrie(expectedKeys: tokens.count)
        self.tokens = tokens
        for (id, token) in tokens.enumerated() { _ = trie.insert(token.utf8, value: Int32(truncatingIfNeeded: id)) }
        count = tokens.count
    }

    /// The object `vocab` of `tokenizer.json`.
    init(_ node: PipelineNode) throws(TokenizerError) {
        var entries: [(token: String, id: Int)] = []
        let members = try node.object().members
        entries.reserveCapacity(members.count)
        for (token, value) in members {
            guard let id = value.intValue else { throw node.error("the id of \(token) is no whole number") }
            entries.append((token, id))
        }
        try self.init(entries: entries, at: node)
    }

    /// Tokens that have their ids, no two of them the same token.
    init(entries: [(token: String, id: Int)], at node: PipelineNode) throws(TokenizerError) {
        guard entries.count <= Self.idLimit else { throw node.error("too many tokens (\(entries.count))") }
        trie = ByteTrie(expectedKeys: entries.count)
        tokens = []
        tokens.reserveCapacity(entries.count)
        var bytes = 0
        for (token, id) in entries {
            guard id >= 0, id < Self.idLimit else {
                throw node.error("the id \(id) of \(token) is out of range (0 to \(Self.idLimit - 1))")
            }
            bytes += token.utf8.count
            guard bytes < ByteTrie.nodeLimit - 1 else { throw node.error("the tokens are too long altogether") }
            if id == tokens.count {
                tokens.append(token)
            } else {
                while tokens.count <= id { tokens.append(nil) }
                if let other = tokens[id] { throw node.error("\(other) and \(token) have the same id \(id)") }
                tokens[id] = token
            }
            _ = trie.insert(token.utf8, value: Int32(truncatingIfNeeded: id))
        }
        count = entries.count
    }

    /// The largest id; -1 without tokens.
    var largestId: Int { tokens.count - 1 }

    func id(_ token: String) -> Int32? { trie.value(token.utf8) }

    func token(_ id: Int) -> String? { tokens.indices.contains(id) ? tokens[id] : nil }

    /// Every token with its id, by id.
    var entries: some Sequence<(id: Int, token: String)> {
        tokens.lazy.enumerated().compactMap { id, token in token.map { (id, $0) } }
    }

    var json: JSONValue {
        var object = JSONObject()
        object.reserveCapacity(count)
        for (id, token) in entries { object[token] = .int(id) }
        return .object(object)
    }
}
