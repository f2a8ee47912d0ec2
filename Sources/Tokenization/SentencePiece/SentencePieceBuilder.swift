internal import OrderedJSON

/// Puts the steps around a SentencePiece model, each family's as Python's class has them.
struct SentencePieceBuilder {
    let model: SentencePieceModel
    /// The file, for error messages.
    let path: String
    let specialTokens: SpecialTokens
    private let settings: PipelineNode

    init(model: SentencePieceModel, path: String, settings: TokenizerConfiguration) {
        self.model = model
        self.path = path
        specialTokens = settings.specialTokens
        self.settings = PipelineNode(value: .object(settings.members), file: "tokenizer_config.json", place: "")
    }

    func albert() throws(TokenizerError) -> Pipeline {
        var steps: [any Normalizer] = [
            ReplaceNormalizer(.literal("``"), content: "\""), ReplaceNormalizer(.literal("''"), content: "\""),
        ]
        if try !settings.bool("keep_accents", default: false) {
            steps += [UnicodeFormNormalizer(.nfkd), StripAccentsNormalizer()]
        }
        if try settings.bool("do_lower_case", default: true) { steps.append(LowercaseNormalizer()) }
        if let precompiled = try model.precompiledNormalizer(path: path) { steps.append(precompiled) }
        let metaspace = Metaspace(prependScheme: try addsPrefixSpace() ? .always : .never)
        return Pipeline(
            normalizer: NormalizerSequence(steps: steps), preTokenizer: afterWhitespace(metaspace),
            model: try SentencePieceModel.unigram(model.scoredTokens, unkId: 1, path: path), decoder: metaspace)
    }

    func debertaV2() throws(TokenizerError) -> Pipeline {
        var steps: [any Normalizer] = []
        if try settings.bool("do_lower_case", default: false) { steps.append(LowercaseNormalizer()) }
        let whitespace = try RegexPattern(#"\s{2,}|[\n\r\t]"#, at: settings)
        steps += [
            ReplaceNormalizer(.regex(whitespace), content: " "), UnicodeFormNormalizer(.nfc),
            StripNormalizer(left: false, right: true),
        ]
        var splits: [any PreTokenizer] = []
        if try settings.bool("split_by_punct", default: false) {
            splits.append(CharacterPreTokenizer(kind: .punctuation, behavior: .isolated))
        }
        let metaspace = Metaspace(prependScheme: try addsPrefixSpace() ? .always : .first)
        splits.append(metaspace)
        let named = model.pieces.firstIndex { [unk = specialTokens.unkToken ?? ""] piece in
            piece.score == 0 && piece.text.utf8.elementsEqual(unk.utf8)
        }
        return Pipeline(
            normalizer: NormalizerSequence(steps: steps), preTokenizer: PreTokenizerSequence(steps: splits),
            model: try SentencePieceModel.unigram(model.scoredTokens, unkId: named ?? model.unkId, path: path),
            decoder: metaspace)
    }

    func llama() throws(TokenizerError) -> Pipeline {
        let addsPrefixSpace = try addsPrefixSpace()
        let isLegacy = try settings.bool("legacy", default: false)
        let scheme: Metaspace.PrependScheme = !addsPrefixSpace ? .never : isLegacy ? .always : .first
        var decoders: [any TokenDecoder] = [
            ReplaceNormalizer(.literal("▁"), content: " "), ByteFallbackDecoder(), FuseDecoder(),
        ]
        if addsPrefixSpace { decoders.append(StripDecoder(content: " ", start: 1, stop: 0)) }
        return Pipeline(
            preTokenizer: Metaspace(prependScheme: scheme, splits: false),
            model: try model.bpe(unkToken: nil, byteFallback: true, path: path),
            decoder: DecoderSequence(steps: decoders))
    }

    func t5() throws(TokenizerError) -> Pipeline {
        let metaspace = Metaspace()
        let tokens = model.scoredTokens + (try extraIds()).reversed().map { ($0, 0) }
        return Pipeline(
            normalizer: try model.precompiledNormalizer(path: path), preTokenizer: afterWhitespace(metaspace),
            model: try SentencePieceModel.unigram(tokens, unkId: 2, path: path), decoder: metaspace)
    }

    func xlmRoberta() throws(TokenizerError) -> Pipeline {
        let metaspace = Metaspace(prependScheme: try addsPrefixSpace() ? .always : .never)
        let first = [specialTokens.bosToken, specialTokens.padToken, specialTokens.eosToken, specialTokens.unkToken]
        var tokens = first.map { (token: $0 ?? "", score: 0.0) } + model.scoredTokens.dropFirst(3)
        tokens.append((specialTokens.maskToken ?? "", 0))
        return Pipeline(
            normalizer: try model.precompiledNormalizer(path: path), preTokenizer: afterWhitespace(metaspace),
            model: try SentencePieceModel.unigram(tokens, unkId: 3, path: path), decoder: metaspace)
    }

    func generic() throws(TokenizerError) -> Pipeline {
        var steps: [any Normalizer] = [ReplaceNormalizer(.literal(" "), content: "▁")]
        if let precompiled = try model.precompiledNormalizer(path: path) { steps.insert(precompiled, at: 0) }
        var decoders: [any TokenDecoder] = [ReplaceNormalizer(.literal("▁"), content: " ")]
        if model.byteFallback { decoders += [ByteFallbackDecoder(), FuseDecoder()] }
        let model: any TokenizationModel =
            if model.modelType == .unigram {
                try SentencePieceModel.unigram(
                    model.scoredTokens, unkId: model.unkId, byteFallback: model.byteFallback, path: path)
            } else {
                try model.bpe(unkToken: model.unkPiece, byteFallback: model.byteFallback, path: path)
            }
        return Pipeline(
            normalizer: NormalizerSequence(steps: steps), model: model, decoder: DecoderSequence(steps: decoders))
    }

    private func addsPrefixSpace() throws(TokenizerError) -> Bool {
        try settings.bool("add_prefix_space", default: true)
    }

    private func afterWhitespace(_ metaspace: Metaspace) -> any PreTokenizer {
        PreTokenizerSequence(steps: [CharacterPreTokenizer(kind: .whitespaceSplit, behavior: .removed), metaspace])
    }

    /// T5's tokens for the gaps in its training texts.
    private func extraIds() throws(TokenizerError) -> [String] {
        let count = try settings.member("extra_ids")?.integer(in: 0...10_000) ?? 100
        return (0..<count).map { "<extra_id_\($0)>" }
    }

    /// The special tokens without a role that the file brings along.
    func extraTokens(
        _ family: SentencePieceFamily, _ members: JSONObject
    ) throws(TokenizerError) -> [AddedToken] {
        var tokens = model.addedTokens
        guard family == .t5, !tokens.contains(where: { $0.content.contains("<extra_id_") }) else { return tokens }
        tokens += try extraIds().map { AddedToken(id: 0, content: $0) }
        return tokens
    }

    /// What is put around texts; it names the ids of tokens, and so comes last.
    func postProcessor(
        _ family: SentencePieceFamily, _ pipeline: Pipeline
    ) throws(TokenizerError) -> TemplateProcessing {
        let template = SentencePieceTemplate(pipeline, path: path)
        switch family {
        case .albert where !namesEnds: return try template.classification(cls: "[CLS]", sep: "[SEP]")
        case .debertaV2:
            return try template.classification(
                cls: specialTokens.clsToken ?? "[CLS]", sep: specialTokens.sepToken ?? "[SEP]")
        case .t5: return try template.processing(["$A:0", "</s>:0"], ["$A:0", "</s>:0", "$B:0", "</s>:0"])
        case .xlmRoberta:
            let (bos, eos) = ("\(specialTokens.bosToken ?? ""):0", "\(specialTokens.eosToken ?? ""):0")
            return try template.processing([bos, "$A:0", eos], [bos, "$A:0", eos, eos, "$B:0", eos])
        case .albert, .llama, .generic:
            let bos = try settings.bool("add_bos_token", default: false) ? specialTokens.bosToken : nil
            let eos = try settings.bool("add_eos_token", default: false) ? specialTokens.eosToken : nil
            func around(_ sequence: String, _ typeId: Int) -> [String] {
                (bos.map { ["\($0):\(typeId)"] } ?? []) + ["\(sequence):\(typeId)"]
                    + (eos.map { ["\($0):\(typeId)"] } ?? [])
            }
            return try template.processing(around("$A", 0), around("$A", 0) + around("$B", 1))
        }
    }

    /// Whether the settings say which ends texts get, which takes the place of the class's own.
    private var namesEnds: Bool {
        let members = settings.value.objectValue
        return members?["add_bos_token"] != nil || members?["add_eos_token"] != nil
    }
}

/// Makes templates of tokens and sequences (`$A`, `$B`), each with its type id behind a colon.
private struct SentencePieceTemplate {
    private let ids: [String: Int32]
    private let pipeline: Pipeline
    private let path: String

    init(_ pipeline: Pipeline, path: String) {
        self.pipeline = pipeline
        self.path = path
        ids = Dictionary(pipeline.addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    func classification(cls: String, sep: String) throws(TokenizerError) -> TemplateProcessing {
        try processing(["\(cls):0", "$A:0", "\(sep):0"], ["\(cls):0", "$A:0", "\(sep):0", "$B:1", "\(sep):1"])
    }

    func processing(_ single: [String], _ pair: [String]) throws(TokenizerError) -> TemplateProcessing {
        var specials: [String: JSONValue] = [:]
        var layouts: [JSONValue] = []
        for parts in [single, pair] {
            var layout: [JSONValue] = []
            for part in parts {
                let name = String(part.dropLast(2))
                let typeId = JSONValue.int(part.hasSuffix("1") ? 1 : 0)
                if name == "$A" || name == "$B" {
                    layout.append(["Sequence": ["id": .string(String(name.dropFirst())), "type_id": typeId]])
                    continue
                }
                guard let id = ids[name] ?? pipeline.model.vocabulary.id(name) else {
                    throw .invalidFile(path: path, place: "pieces", reason: "there is no token \(name)")
                }
                layout.append(["SpecialToken": ["id": .string(name), "type_id": typeId]])
                specials[name] = ["id": .string(name), "ids": [.int(Int(id))], "tokens": [.string(name)]]
            }
            layouts.append(.array(layout))
        }
        var entries = JSONObject()
        for (name, entry) in specials.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            entries[name] = entry
        }
        let json: JSONValue = [
            "type": "TemplateProcessing", "single": layouts[0], "pair": layouts[1], "special_tokens": .object(entries),
        ]
        return try TemplateProcessing(PipelineNode(value: json, file: path, place: "post_processor"))
    }
}
