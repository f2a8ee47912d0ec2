public import Foundation
internal import OrderedJSON

/// The steps of a tokenizer whose vocabulary is still to be learnt.
///
/// Ready ones are ``bert(lowercase:)``, ``gpt2``, ``roberta``, ``t5`` and ``xlmRoberta``; any other is put together from
/// its steps, which are those of Python's `tokenizers`.
///
/// ```swift
/// let tokenizer = try TokenizerBlueprint.bert(lowercase: true)
///     .train(files: [corpus], trainer: WordPieceTrainer(vocabSize: 30_000, minFrequency: 2))
/// try tokenizer.savePretrained(URL(filePath: "my-tokenizer"))
/// ```
public struct TokenizerBlueprint: Sendable, Equatable {
    /// How text is rewritten; nil for not at all.
    public var normalizer: Normalization?
    /// How text is split into words; nil for not at all.
    public var preTokenizer: PreTokenization?
    /// How special tokens are put around texts; nil for none.
    public var postProcessor: PostProcessing?
    /// How tokens become text again; nil joins them by spaces.
    public var decoder: Decoding?
    /// Which tokens have a role. They become part of every vocabulary.
    public var roles: SpecialTokens
    /// Special tokens with settings of their own, or in an order of their own: they come first in the vocabulary, then
    /// those with a role that are missing here, then the trainer's.
    public var specialTokens: [SpecialToken]
    /// Longer words, in characters, are unknown to a WordPiece model.
    public var maxInputCharsPerWord = 100
    /// Whether a byte-pair encoding writes unknown characters in tokens `<0x00>` to `<0xFF>`, where it has them.
    public var byteFallback = false
    /// Whether neighbouring unknown characters become one unknown token of a byte-pair encoding.
    public var fuseUnk = false
    /// The most tokens that the model will take; nil for no limit.
    public var modelMaxLength: Int?
    /// Python's class for the tokenizer; nil for the general one.
    public var tokenizerClass: String?

    public init(
        normalizer: Normalization? = nil, preTokenizer: PreTokenization? = nil, postProcessor: PostProcessing? = nil,
        decoder: Decoding? = nil, roles: SpecialTokens = SpecialTokens(), specialTokens: [SpecialToken] = []
    ) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.postProcessor = postProcessor
        self.decoder = decoder
        self.roles = roles
        self.specialTokens = specialTokens
    }

    /// Learns a vocabulary from texts, such as rows of a data set: `train_from_iterator` of Python's `tokenizers`.
    ///
    /// The texts are read once and not kept: memory follows the number of distinct words.
    /// - Parameters:
    ///   - texts: the corpus.
    ///   - trainer: what is learnt and how; the blueprint's special tokens come before its own.
    ///   - progress: told of the work done.
    /// - Throws: `TokenizerError` for steps and settings that make no sense.
    public func train(
        _ texts: some Sequence<String>, trainer: some VocabularyTrainer, progress: VocabularyProgress? = nil
    ) throws -> Tokenizer {
        let training = try VocabularyTraining(self, trainer)
        return try training.tokenizer(progress) { add in for text in texts { try add(text) } }
    }

    /// Learns a vocabulary from text files, line by line: `train` of Python's `tokenizers`.
    ///
    /// A line keeps its `\n`, as in Python.
    /// - Throws: `TokenizerError` also for a file that cannot be read or is not valid UTF-8.
    public func train(
        files: [URL], trainer: some VocabularyTrainer, progress: VocabularyProgress? = nil
    ) throws -> Tokenizer {
        let training = try VocabularyTraining(self, trainer)
        let lines = TextLines(files, keepsLineEndings: true)
        return try training.tokenizer(progress) { add in try lines.forEach(add) }
    }

    /// Learns a vocabulary from texts that `read` hands over one by one, for sources that can fail.
    public func train(
        trainer: some VocabularyTrainer, progress: VocabularyProgress? = nil,
        reading read: (_ add: (String) throws -> Void) throws -> Void
    ) throws -> Tokenizer {
        try VocabularyTraining(self, trainer).tokenizer(progress, read)
    }

    /// The special tokens in the order of their ids.
    func allSpecialTokens(_ trainer: some VocabularyTrainer) -> [SpecialToken] {
        var all = specialTokens
        for token in roles.all.map({ SpecialToken($0) }) + trainer.specialTokens
        where !all.contains(where: { $0.content.utf8.elementsEqual(token.content.utf8) }) {
            all.append(token)
        }
        return all
    }

    /// The model of `tokenizer.json` without its vocabulary.
    func model(_ type: String) -> JSONObject {
        let unknown = roles.unkToken
        switch type {
        case BpeTrainer.modelType:
            // Bytes are never unknown.
            let isByteLevel = preTokenizer?.part.holdsByteLevel ?? false
            return [
                "type": "BPE", "dropout": nil,
                "unk_token": isByteLevel ? .null : unknown.map(JSONValue.string) ?? .null,
                "continuing_subword_prefix": nil, "end_of_word_suffix": nil, "fuse_unk": .bool(fuseUnk),
                "byte_fallback": .bool(byteFallback), "ignore_merges": false, "vocab": [:], "merges": [],
            ]
        case WordPieceTrainer.modelType:
            return [
                "type": "WordPiece", "unk_token": .string(unknown ?? "[UNK]"), "continuing_subword_prefix": "##",
                "max_input_chars_per_word": .int(maxInputCharsPerWord), "vocab": [:],
            ]
        case UnigramTrainer.modelType:
            return ["type": "Unigram", "unk_id": nil, "vocab": [], "byte_fallback": .bool(byteFallback)]
        default:
            return ["type": .string(type), "vocab": [:], "unk_token": .string(unknown ?? "[UNK]")]
        }
    }
}

extension PipelinePart {
    /// Whether this is, or holds, the pre-tokenizer that writes bytes as characters.
    var holdsByteLevel: Bool {
        if json["type"]?.stringValue == "ByteLevel" { return true }
        return json["pretokenizers"]?.arrayValue?.contains { PipelinePart($0).holdsByteLevel } ?? false
    }
}
