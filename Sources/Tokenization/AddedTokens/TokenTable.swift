internal import OrderedJSON

/// All tokens of a tokenizer, the model's and the added ones, by id and by name.
final class TokenTable: Sendable {
    let vocabulary: Vocabulary
    /// By id.
    let addedTokens: [AddedToken]
    private let addedById: [Int32: AddedToken]
    private let addedByContent: [String: AddedToken]
    /// Tokens in all: the model's and those that were added to them.
    let count: Int
    /// The largest id.
    let largestId: Int

    init(vocabulary: Vocabulary, addedTokens: [AddedToken]) {
        self.vocabulary = vocabulary
        self.addedTokens = addedTokens.sorted { $0.id < $1.id }
        addedById = Dictionary(addedTokens.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
        addedByContent = Dictionary(addedTokens.map { ($0.content, $0) }, uniquingKeysWith: { _, last in last })
        count = vocabulary.count + addedTokens.filter { vocabulary.id($0.content) == nil }.count
        largestId = max(vocabulary.largestId, addedTokens.map { Int($0.id) }.max() ?? -1)
    }

    func token(_ id: Int) -> String? {
        guard let key = Int32(exactly: id) else { return nil }
        return addedById[key]?.content ?? vocabulary.token(id)
    }

    func id(_ token: String) -> Int32? { addedByContent[token]?.id ?? vocabulary.id(token) }

    func isSpecial(_ id: Int) -> Bool {
        Int32(exactly: id).flatMap { addedById[$0]?.special } ?? false
    }

    /// Reads `added_tokens`, which may repeat tokens of the model but not contradict them.
    static func readAddedTokens(
        _ node: PipelineNode?, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> [AddedToken] {
        guard let node else { return [] }
        var tokens: [AddedToken] = []
        var contents: [Int32: String] = [:]
        for element in try node.elements() {
            let token = try AddedToken(element)
            if let other = contents.updateValue(token.content, forKey: token.id) {
                throw element.error("\(other) and \(token.content) have the same id \(token.id)")
            }
            if let other = vocabulary.token(Int(token.id)), other != token.content {
                throw element.error("\(token.content) has the id \(token.id) of \(other)")
            }
            if let other = vocabulary.id(token.content), other != token.id {
                throw element.error("\(token.content) has the id \(token.id), but \(other) in the model")
            }
            tokens.append(token)
        }
        return tokens
    }
}
