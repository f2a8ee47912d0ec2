internal import OrderedJSON

/// One training: from texts to a tokenizer.
struct VocabularyTraining {
    private let trainer: any VocabularyTrainer
    private let normalizer: (any Normalizer)?
    private let preTokenizer: (any PreTokenizer)?
    private let decoder: (any TokenDecoder)?
    private let model: JSONObject
    /// Its ids are those of an earlier vocabulary, or none.
    private let postProcessor: JSONValue?
    private let renamed: (String) -> String
    private let configuration: TokenizerConfiguration

    init(_ blueprint: TokenizerBlueprint, _ trainer: some VocabularyTrainer) throws {
        var trainer = trainer
        trainer.specialTokens = blueprint.allSpecialTokens(trainer)
        self.trainer = trainer
        normalizer = try blueprint.normalizer.map { try NormalizerReader.read(Self.node($0.part.json, "normalizer")) }
        preTokenizer = try blueprint.preTokenizer.map {
            try PreTokenizerReader.read(Self.node($0.part.json, "pre_tokenizer"))
        }
        decoder = try blueprint.decoder.map { try DecoderReader.read(Self.node($0.part.json, "decoder")) }
        model = blueprint.model(type(of: trainer).modelType)
        postProcessor = blueprint.postProcessor?.part.json
        renamed = { $0 }
        var members = JSONObject()
        for (key, token) in blueprint.roles.json { members[key] = token }
        members["model_max_length"] = blueprint.modelMaxLength.map(JSONValue.int)
        members["tokenizer_class"] = blueprint.tokenizerClass.map(JSONValue.string)
        members["clean_up_tokenization_spaces"] = false
        configuration = try TokenizerConfiguration(Self.node(.object(members), ""))
    }

    /// A new vocabulary for the steps of `tokenizer`.
    init(
        _ tokenizer: Tokenizer, model: JSONObject, trainer: any VocabularyTrainer,
        renamed: @escaping (String) -> String
    ) throws(TokenizerError) {
        let pipeline = tokenizer.pipeline
        self.trainer = trainer
        normalizer = pipeline.normalizer
        preTokenizer = pipeline.preTokenizer
        decoder = pipeline.decoder
        self.model = model
        postProcessor = pipeline.postProcessor?.json
        self.renamed = renamed
        var configuration = tokenizer.configuration
        for (_, path) in SpecialTokens.roles {
            configuration.specialTokens[keyPath: path] = configuration.specialTokens[keyPath: path].map(renamed)
        }
        configuration.extraSpecialTokens = configuration.extraSpecialTokens.map(renamed)
        self.configuration = configuration
    }

    static func node(_ json: JSONValue, _ place: String) -> PipelineNode {
        PipelineNode(value: json, file: "tokenizer.json", place: place)
    }

    /// Counts the words of the texts that `read` hands over, and learns the vocabulary.
    func tokenizer(
        _ progress: VocabularyProgress?, _ read: (_ add: (String) throws -> Void) throws -> Void
    ) throws -> Tokenizer {
        var counter = WordCounter(normalizer: normalizer, preTokenizer: preTokenizer)
        try read { text in
            try counter.add(text)
            if counter.textCount % 1024 == 0 { progress?("Pre-processing sequences", counter.textCount, 0) }
        }
        let words = try counter.finish()
        progress?("Pre-processing sequences", counter.textCount, counter.textCount)
        let trained = try trainer.train(words, model: model, progress: progress)
        return try tokenizer(model: ModelReader.read(Self.node(.object(trained), "model")))
    }

    private func tokenizer(model: any TokenizationModel) throws(TokenizerError) -> Tokenizer {
        let vocabulary = model.vocabulary
        var next = max(vocabulary.count, vocabulary.largestId + 1)
        var added: [AddedToken] = []
        for special in trainer.specialTokens {
            var id = vocabulary.id(special.content)
            if id == nil {
                id = Int32(next)
                next += 1
            }
            guard let id else { continue }
            var token = AddedToken(id: id, content: special.content)
            token.singleWord = special.singleWord
            token.lstrip = special.lstrip
            token.rstrip = special.rstrip
            token.normalized = special.normalized
            added.append(token)
        }
        let ids = PostProcessorIds(name: renamed) { name in
            added.first { $0.content.utf8.elementsEqual(name.utf8) }?.id ?? vocabulary.id(name)
        }
        var postProcessor: (any PostProcessor)?
        if let json = self.postProcessor {
            postProcessor = try PostProcessorReader.read(Self.node(try ids.filled(json), "post_processor"))
        }
        let pipeline = Pipeline(
            normalizer: normalizer, preTokenizer: preTokenizer, model: model, postProcessor: postProcessor,
            decoder: decoder, addedTokens: added.sorted { $0.id < $1.id })
        return try Tokenizer(pipeline, configuration)
    }
}
