internal import OrderedJSON

extension Pipeline {
    /// The pipeline of `vocab.json` and `merges.txt`, as Python's class of that family makes it.
    init(
        byteLevel folder: TokenizerFolder, _ family: ByteLevelFamily, _ configuration: inout TokenizerConfiguration
    ) throws(TokenizerError) {
        let path = folder.path("merges.txt")
        guard let text = String(validating: try folder.bytes("merges.txt"), as: UTF8.self) else {
            throw .invalidFile(path: path, place: "", reason: "is not valid UTF-8")
        }
        guard let vocabulary = try folder.json("vocab.json") else { throw .noTokenizer(folder: folder.path("")) }
        var settings = BPE.Settings()
        settings.continuingSubwordPrefix = ""
        settings.endOfWordSuffix = ""
        let model = try BPE(
            vocabulary: try Vocabulary(vocabulary), pairs: try BPE.pairs(text: text, path: path), settings: settings
        ) { reason in .invalidFile(path: path, place: "", reason: reason) }

        var defaults = family.specialTokens
        for (key, role) in SpecialTokens.roles where configuration.members[key] == .null {
            defaults[keyPath: role] = nil
        }
        configuration.fillRoles(from: defaults)
        if configuration.members["tokenizer_class"] == nil {
            configuration.members["tokenizer_class"] = .string(family.rawValue)
        }
        let settingsNode = PipelineNode(
            value: .object(configuration.members), file: folder.path("tokenizer_config.json"), place: "")
        let addPrefixSpace = try settingsNode.bool("add_prefix_space", default: false)
        self.init(
            normalizer: family == .qwen2 ? UnicodeFormNormalizer(.nfc) : nil,
            preTokenizer: family == .qwen2
                ? PreTokenizerSequence(steps: [
                    SplitPreTokenizer(pattern: .qwen2),
                    ByteLevelPreTokenizer(addPrefixSpace: addPrefixSpace, useRegex: false),
                ]) : ByteLevelPreTokenizer(addPrefixSpace: addPrefixSpace),
            model: model, decoder: ByteLevelDecoder())
        try addTokens(configuration, folder, extra: [])

        let tokens = configuration.specialTokens
        if family == .roberta {
            postProcessor = RobertaProcessing(
                sep: try specialTokenPair(tokens.sepToken, "sep_token", folder),
                cls: try specialTokenPair(tokens.clsToken, "cls_token", folder),
                trimOffsets: try settingsNode.bool("trim_offsets", default: true), addPrefixSpace: addPrefixSpace)
        } else {
            let addsBos = try settingsNode.bool("add_bos_token", default: false) && tokens.bosToken != nil
            let addsEos = try settingsNode.bool("add_eos_token", default: false) && tokens.eosToken != nil
            postProcessor = TemplateProcessing(
                bos: addsBos ? try specialTokenPair(tokens.bosToken, "bos_token", folder) : nil,
                eos: addsEos ? try specialTokenPair(tokens.eosToken, "eos_token", folder) : nil)
        }
    }

    private func specialTokenPair(
        _ content: String?, _ role: String, _ folder: TokenizerFolder
    ) throws(TokenizerError) -> SpecialTokenPair {
        guard let content, let token = addedTokens.first(where: { $0.content == content }) else {
            throw .invalidFile(
                path: folder.path("tokenizer_config.json"), place: role, reason: "the class needs this token")
        }
        return SpecialTokenPair(token.content, token.id)
    }
}

extension TemplateProcessing {
    /// Each text between the tokens that are given; the second text has type 1.
    init(bos: SpecialTokenPair?, eos: SpecialTokenPair?) {
        func special(_ token: SpecialTokenPair?, _ typeId: Int) -> [JSONValue] {
            token.map { [["SpecialToken": ["id": .string($0.token), "type_id": .int(typeId)]]] } ?? []
        }
        func layout(_ name: JSONValue, _ typeId: Int) -> [JSONValue] {
            special(bos, typeId) + [["Sequence": ["id": name, "type_id": .int(typeId)]]] + special(eos, typeId)
        }
        func pieces(_ sequence: TemplatePiece.Sequence, _ typeId: Int32) -> [TemplatePiece] {
            func special(_ token: SpecialTokenPair?) -> [TemplatePiece] {
                token.map { [.special(ids: [$0.id], typeId: typeId)] } ?? []
            }
            return special(bos) + [.sequence(sequence, typeId: typeId)] + special(eos)
        }
        var entries = JSONObject()
        for token in [bos, eos].compactMap(\.self).sorted(by: { $0.token < $1.token }) {
            entries[token.token] = [
                "id": .string(token.token), "ids": [.int(Int(token.id))], "tokens": [.string(token.token)],
            ]
        }
        self.init(
            single: pieces(.first, 0), pair: pieces(.first, 0) + pieces(.second, 1),
            json: [
                "type": "TemplateProcessing", "single": .array(layout("A", 0)),
                "pair": .array(layout("A", 0) + layout("B", 1)), "special_tokens": .object(entries),
            ])
    }
}
