internal import OrderedJSON

extension Pipeline {
    /// Adds the tokens of the other files in the order in which Python does: those that were added to the model once,
    /// those with a role, and other special ones.
    ///
    /// - Parameter extra: other special tokens where no file names any.
    mutating func addTokens(
        _ configuration: TokenizerConfiguration, _ folder: TokenizerFolder, extra: [AddedToken]
    ) throws(TokenizerError) {
        var adder = TokenAdder(vocabulary: model.vocabulary)
        let settings = PipelineNode(
            value: .object(configuration.members), file: folder.path("tokenizer_config.json"), place: "")
        let map = try folder.json("special_tokens_map.json")

        if let decoder = try settings.member("added_tokens_decoder") {
            var tokens: [(id: Int, token: AddedToken)] = []
            for key in try decoder.object().members.map(\.key) {
                guard let id = Int(key) else { throw decoder.error("\(key) is no id") }
                tokens.append((id, try AddedToken(settings: try decoder.required(key))))
            }
            for (_, token) in tokens.sorted(by: { $0.id < $1.id }) { adder.add(token) }
        } else if let added = try folder.json("added_tokens.json") {
            let special = Set(
                (configuration.specialTokens.all + configuration.extraSpecialTokens).map { Array($0.utf8) })
            var tokens: [(id: Int, token: AddedToken)] = []
            for key in try added.object().members.map(\.key) {
                var token = AddedToken(id: 0, content: key)
                token.special = special.contains(Array(key.utf8))
                token.normalized = !token.special
                tokens.append((try added.required(key).integer(in: 0...Vocabulary.idLimit - 1), token))
            }
            for (_, token) in tokens.sorted(by: { $0.id < $1.id }) { adder.add(token) }
        }

        for (key, path) in SpecialTokens.roles {
            guard let content = configuration.specialTokens[keyPath: path] else { continue }
            adder.add(try Self.specialToken(content, key, settings, map))
        }
        for (key, value) in configuration.members.members
        where key.hasSuffix("_token") && !SpecialTokens.roles.contains(where: { $0.key == key }) {
            if let content = value.stringValue { adder.add(AddedToken(id: 0, content: content)) }
        }
        for content in configuration.extraSpecialTokens { adder.add(AddedToken(id: 0, content: content)) }
        for token in extra { adder.add(token) }
        addedTokens = adder.tokens.sorted { $0.id < $1.id }
    }

    /// A token with a role, with what the files say of the whitespace around it.
    private static func specialToken(
        _ content: String, _ key: String, _ settings: PipelineNode, _ map: PipelineNode?
    ) throws(TokenizerError) -> AddedToken {
        for source in [settings, map] {
            guard let member = try source?.member(key), member.value.objectValue != nil else { continue }
            var token = try AddedToken(settings: member)
            guard token.content.utf8.elementsEqual(content.utf8) else { continue }
            token.special = true
            return token
        }
        return AddedToken(id: 0, content: content)
    }
}

/// Gives added tokens their ids: the model's where it has the token, else the next one.
private struct TokenAdder {
    let vocabulary: Vocabulary
    private(set) var tokens: [AddedToken] = []
    private var contents: Set<[UInt8]> = []
    private var next: Int32

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        next = Int32(truncatingIfNeeded: max(vocabulary.count, vocabulary.largestId + 1))
    }

    mutating func add(_ token: AddedToken) {
        guard !token.content.isEmpty, contents.insert(Array(token.content.utf8)).inserted else { return }
        var token = token
        if let id = vocabulary.id(token.content) {
            token.id = id
        } else {
            token.id = next
            next += 1
        }
        tokens.append(token)
    }
}

extension AddedToken {
    /// A token as `tokenizer_config.json` has it, without an id.
    init(settings node: PipelineNode) throws(TokenizerError) {
        self.init(id: 0, content: try node.string("content"))
        singleWord = try node.bool("single_word", default: false)
        lstrip = try node.bool("lstrip", default: false)
        rstrip = try node.bool("rstrip", default: false)
        special = try node.bool("special", default: false)
        normalized = try node.bool("normalized", default: !special)
    }
}
