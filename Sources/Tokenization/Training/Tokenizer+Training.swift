internal import OrderedJSON

extension Tokenizer {
    /// Learns a new vocabulary from texts and keeps everything else: the steps, their settings, the special tokens
    /// (`train_new_from_iterator` of Python's `transformers`).
    ///
    /// - Parameters:
    ///   - texts: the corpus; read once and not kept.
    ///   - vocabSize: how many tokens the vocabulary gets at most.
    ///   - newSpecialTokens: special tokens beside those that the tokenizer has.
    ///   - specialTokensMap: new names of special tokens, by their names now.
    ///   - progress: told of the work done.
    /// - Throws: `TokenizerError` for settings that make no sense, or a model that can't be trained.
    public func trainNewFromIterator(
        _ texts: some Sequence<String>, vocabSize: Int, newSpecialTokens: [SpecialToken] = [],
        specialTokensMap: [String: String] = [:], progress: VocabularyProgress? = nil
    ) throws -> Tokenizer {
        let model = try modelJSON()
        let trainer: any VocabularyTrainer
        switch model["type"]?.stringValue {
        case BpeTrainer.modelType:
            trainer = BpeTrainer(
                vocabSize: vocabSize, continuingSubwordPrefix: model["continuing_subword_prefix"]?.stringValue,
                endOfWordSuffix: model["end_of_word_suffix"]?.stringValue)
        case WordPieceTrainer.modelType: trainer = WordPieceTrainer(vocabSize: vocabSize)
        case UnigramTrainer.modelType: trainer = UnigramTrainer(vocabSize: vocabSize)
        default: trainer = WordLevelTrainer(vocabSize: vocabSize)
        }
        return try trainNew(
            texts, model, trainer, newSpecialTokens: newSpecialTokens, specialTokensMap: specialTokensMap, progress)
    }

    /// The same with a trainer of one's own, for what Python passes on to the trainer as further arguments.
    ///
    /// The tokenizer's special tokens, unknown token and byte alphabet are added to the trainer's.
    /// - Throws: `TokenizerError.invalidArgument` also for a trainer of another kind of model.
    public func trainNewFromIterator(
        _ texts: some Sequence<String>, trainer: some VocabularyTrainer, specialTokensMap: [String: String] = [:],
        progress: VocabularyProgress? = nil
    ) throws -> Tokenizer {
        let model = try modelJSON()
        let type = model["type"]?.stringValue ?? ""
        guard Swift.type(of: trainer).modelType == type else {
            throw TokenizerError.invalidArgument(
                "the tokenizer's model is of type \(type), but the trainer learns \(Swift.type(of: trainer).modelType)")
        }
        var bare: any VocabularyTrainer = trainer
        let own = trainer.specialTokens
        bare.specialTokens = []
        return try trainNew(
            texts, model, bare, newSpecialTokens: own, specialTokensMap: specialTokensMap, progress)
    }

    private func modelJSON() throws(TokenizerError) -> JSONObject {
        guard let model = pipeline.model.json.objectValue else {
            throw .invalidArgument("the tokenizer's model can't be trained")
        }
        return model
    }

    private func trainNew(
        _ texts: some Sequence<String>, _ model: JSONObject, _ trainer: any VocabularyTrainer,
        newSpecialTokens: [SpecialToken], specialTokensMap: [String: String], _ progress: VocabularyProgress?
    ) throws -> Tokenizer {
        func renamed(_ token: String) -> String { specialTokensMap[token] ?? token }
        var trainer = trainer
        let isUnigram = trainer is UnigramTrainer
        var specials = pipeline.addedTokens.filter { $0.special || isUnigram }.map { token in
            SpecialToken(
                renamed(token.content), singleWord: token.singleWord, lstrip: token.lstrip, rstrip: token.rstrip,
                normalized: token.normalized)
        }
        specials.append(contentsOf: newSpecialTokens)
        trainer.specialTokens = specials
        var model = model
        if let unknown = model["unk_token"]?.stringValue { model["unk_token"] = .string(renamed(unknown)) }
        if var unigram = trainer as? UnigramTrainer, unigram.unkToken == nil, let id = model["unk_id"]?.intValue {
            unigram.unkToken = pipeline.model.vocabulary.token(id).map(renamed)
            trainer = unigram
        }
        if pipeline.preTokenizer.map({ PipelinePart($0.json).holdsByteLevel }) == true {
            if var bpe = trainer as? BpeTrainer {
                bpe.initialAlphabet.formUnion(BpeTrainer.byteLevelAlphabet)
                trainer = bpe
            } else if var wordPiece = trainer as? WordPieceTrainer {
                wordPiece.initialAlphabet.formUnion(BpeTrainer.byteLevelAlphabet)
                trainer = wordPiece
            } else if var unigram = trainer as? UnigramTrainer {
                unigram.initialAlphabet.formUnion(BpeTrainer.byteLevelAlphabet)
                trainer = unigram
            }
        }
        let training = try VocabularyTraining(self, model: model, trainer: trainer, renamed: renamed)
        return try training.tokenizer(progress) { add in for text in texts { try add(text) } }
    }
}
