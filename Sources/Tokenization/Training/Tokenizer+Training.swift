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
        func train(_ trainer: some VocabularyTrainer) throws -> Tokenizer {
            try trainNewFromIterator(texts, trainer: trainer, specialTokensMap: specialTokensMap, progress: progress)
        }
        switch modelType {
        case BpeTrainer.modelType:
            return try train(
                BpeTrainer(
                    vocabSize: vocabSize, specialTokens: newSpecialTokens,
                    continuingSubwordPrefix: model["continuing_subword_prefix"]?.stringValue,
                    endOfWordSuffix: model["end_of_word_suffix"]?.stringValue))
        case WordPieceTrainer.modelType:
            return try train(WordPieceTrainer(vocabSize: vocabSize, specialTokens: newSpecialTokens))
        case UnigramTrainer.modelType:
            return try train(UnigramTrainer(vocabSize: vocabSize, specialTokens: newSpecialTokens))
        default: return try train(WordLevelTrainer(vocabSize: vocabSize, specialTokens: newSpecialTokens))
        }
    }

    /// The same with a trainer of one's own, for what Python passes on to the trainer as further arguments.
    ///
    /// The tokenizer's special tokens, unknown token and byte alphabet are added to the trainer's.
    /// - Throws: `TokenizerError.invalidArgument` also for a trainer of another kind of model.
    public func trainNewFromIterator(
        _ texts: some Sequence<String>, trainer: some VocabularyTrainer, specialTokensMap: [String: String] = [:],
        progress: VocabularyProgress? = nil
    ) throws -> Tokenizer {
        try trainNew(trainer: trainer, specialTokensMap: specialTokensMap, progress: progress) { add in
            for text in texts { try add(text) }
        }
    }

    /// The same with texts that `read` hands over one by one, for sources that can fail.
    public func trainNew(
        trainer: some VocabularyTrainer, specialTokensMap: [String: String] = [:], progress: VocabularyProgress? = nil,
        reading read: (_ add: (String) throws -> Void) throws -> Void
    ) throws -> Tokenizer {
        let type = Swift.type(of: trainer).modelType
        guard type == modelType else {
            throw TokenizerError.invalidArgument(
                "the tokenizer's model is of type \(modelType), but the trainer learns \(type)")
        }
        var model = try modelJSON()
        func renamed(_ token: String) -> String { specialTokensMap[token] ?? token }
        if let unknown = model["unk_token"]?.stringValue { model["unk_token"] = .string(renamed(unknown)) }
        let training = try VocabularyTraining(
            self, model: model, trainer: completed(trainer, model, renamed), renamed: renamed)
        return try training.tokenizer(progress, read)
    }

    /// The `type` of the model in `tokenizer.json`: `BPE`, `Unigram`, `WordLevel` or `WordPiece`.
    public var modelType: String {
        switch pipeline.model {
        case is BPE: BpeTrainer.modelType
        case is Unigram: UnigramTrainer.modelType
        case is WordPiece: WordPieceTrainer.modelType
        default: WordLevelTrainer.modelType
        }
    }

    private func modelJSON() throws(TokenizerError) -> JSONObject {
        guard let model = pipeline.model.json.objectValue else {
            throw .invalidArgument("the tokenizer's model can't be trained")
        }
        return model
    }

    /// The trainer with what the tokenizer has: special tokens, the unknown token, the characters that stand for bytes.
    private func completed(
        _ trainer: some VocabularyTrainer, _ model: JSONObject, _ renamed: (String) -> String
    ) -> any VocabularyTrainer {
        let isUnigram = trainer is UnigramTrainer
        let specials = pipeline.addedTokens.filter { $0.special || isUnigram }.map { token in
            SpecialToken(
                renamed(token.content), singleWord: token.singleWord, lstrip: token.lstrip, rstrip: token.rstrip,
                normalized: token.normalized)
        }
        let isByteLevel = pipeline.preTokenizer.map { PipelinePart($0.json).holdsByteLevel } ?? false
        let bytes = isByteLevel ? BpeTrainer.byteLevelAlphabet : []
        var trainer: any VocabularyTrainer = trainer
        trainer.specialTokens = specials + trainer.specialTokens
        if var bpe = trainer as? BpeTrainer {
            bpe.initialAlphabet.formUnion(bytes)
            return bpe
        }
        if var wordPiece = trainer as? WordPieceTrainer {
            wordPiece.initialAlphabet.formUnion(bytes)
            return wordPiece
        }
        if var unigram = trainer as? UnigramTrainer {
            unigram.initialAlphabet.formUnion(bytes)
            if unigram.unkToken == nil, let id = model["unk_id"]?.intValue {
                unigram.unkToken = pipeline.model.vocabulary.token(id).map(renamed)
            }
            return unigram
        }
        return trainer
    }
}
