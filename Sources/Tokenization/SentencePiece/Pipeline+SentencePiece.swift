internal import OrderedJSON

extension Pipeline {
    /// The pipeline of a SentencePiece file, as Python's class of that family makes it.
    init(
        sentencePiece folder: TokenizerFolder, _ family: SentencePieceFamily,
        _ configuration: inout TokenizerConfiguration
    ) throws(TokenizerError) {
        let path = folder.path(family.fileName)
        let model = try SentencePieceModel(try folder.bytes(family.fileName), path: path)
        try self.init(model, path: path, folder, family, &configuration)
    }

    /// The pipeline of a model; `path` names its file in error messages.
    init(
        _ model: SentencePieceModel, path: String, _ folder: TokenizerFolder, _ family: SentencePieceFamily,
        _ configuration: inout TokenizerConfiguration
    ) throws(TokenizerError) {
        if family == .generic {
            let roles: [(Int, any WritableKeyPath<SpecialTokens, String?> & Sendable, String)] = [
                (model.bosId, \.bosToken, model.bosPiece), (model.eosId, \.eosToken, model.eosPiece),
                (model.unkId, \.unkToken, model.unkPiece),
            ]
            for (id, role, piece) in roles where id >= 0 && configuration.specialTokens[keyPath: role] == nil {
                configuration.specialTokens[keyPath: role] = piece
            }
        }
        configuration.fillRoles(from: family.specialTokens)
        if configuration.members["tokenizer_class"] == nil {
            configuration.members["tokenizer_class"] = .string(family.rawValue)
        }
        let builder = SentencePieceBuilder(model: model, path: path, settings: configuration)
        switch family {
        case .albert: self = try builder.albert()
        case .debertaV2: self = try builder.debertaV2()
        case .llama:
            self = try builder.llama()
            if configuration.members["padding_side"] == nil { configuration.paddingSide = .left }
        case .t5: self = try builder.t5()
        case .xlmRoberta: self = try builder.xlmRoberta()
        case .generic: self = try builder.generic()
        }
        let extra =
            configuration.namesExtraSpecialTokens ? [] : try builder.extraTokens(family, configuration.members)
        try addTokens(configuration, folder, extra: extra)
        postProcessor = try builder.postProcessor(family, self)
    }
}
