import Foundation
import SwiftTrainer

/// What the flags of ``TrainTokenizerCommand`` say: how a vocabulary is learnt, and for which tokenizer.
struct VocabularyRecipe {
    private enum Target {
        case blueprint(TokenizerBlueprint)
        /// A tokenizer of which all but the vocabulary is kept.
        case tokenizer(Tokenizer)
    }

    private let target: Target
    private let trainer: any VocabularyTrainer

    init(_ command: TrainTokenizerCommand) throws {
        if let model = command.model {
            for (flag, isGiven) in [
                ("--type", command.type != nil), ("--family", command.family != nil),
                ("--lowercase", command.lowercase != nil), ("--model-max-length", command.modelMaxLength != nil),
            ] where isGiven {
                throw CommandFailure.usage("\(flag) and --model exclude each other: the tokenizer of \(model) decides")
            }
            let tokenizer = try AutoTokenizer.fromPretrained(folder: model)
            target = .tokenizer(tokenizer)
            trainer = try Self.trainer(try Self.type(of: tokenizer), command, unkToken: nil)
            return
        }
        let type = command.type ?? command.family?.type ?? .wordpiece
        if let family = command.family, family.type != type {
            throw CommandFailure.usage(
                "--family \(family.rawValue) has a vocabulary of type \(family.type.rawValue), not \(type.rawValue)")
        }
        var blueprint = Self.blueprint(type, command)
        blueprint.modelMaxLength = command.modelMaxLength
        if let length = command.modelMaxLength, length < 1 {
            throw CommandFailure.usage("--model-max-length is \(length), but must be at least 1")
        }
        if command.lowercase != nil, type != .wordpiece {
            throw CommandFailure.usage("--lowercase is for --type wordpiece only")
        }
        target = .blueprint(blueprint)
        trainer = try Self.trainer(type, command, unkToken: blueprint.roles.unkToken)
    }

    private static func blueprint(_ type: VocabularyType, _ command: TrainTokenizerCommand) -> TokenizerBlueprint {
        switch (type, command.family) {
        case (.wordpiece, _): .bert(lowercase: command.lowercase ?? true)
        case (.bpe, .gpt2?): .gpt2
        case (.bpe, _): .roberta
        case (.unigram, .t5?): .t5
        case (.unigram, _): .xlmRoberta
        case (.wordlevel, _):
            TokenizerBlueprint(
                preTokenizer: .whitespace, roles: SpecialTokens(unkToken: "[UNK]", padToken: "[PAD]"),
                specialTokens: ["[UNK]", "[PAD]"])
        }
    }

    private static func type(of tokenizer: Tokenizer) throws -> VocabularyType {
        switch tokenizer.modelType {
        case BpeTrainer.modelType: .bpe
        case UnigramTrainer.modelType: .unigram
        case WordPieceTrainer.modelType: .wordpiece
        default: .wordlevel
        }
    }

    /// The trainer, which says itself what is wrong with its numbers.
    private static func trainer(
        _ type: VocabularyType, _ command: TrainTokenizerCommand, unkToken: String?
    ) throws -> any VocabularyTrainer {
        let users: [(flag: String, isGiven: Bool, types: Set<VocabularyType>)] = [
            ("--min-frequency", command.minFrequency != nil, [.wordpiece, .bpe, .wordlevel]),
            ("--limit-alphabet", command.limitAlphabet != nil, [.wordpiece, .bpe]),
            ("--max-token-length", command.maxTokenLength != nil, [.bpe]),
            ("--max-piece-length", command.maxPieceLength != nil, [.unigram]),
            ("--shrinking-factor", command.shrinkingFactor != nil, [.unigram]),
        ]
        for (flag, isGiven, types) in users where isGiven && !types.contains(type) {
            throw CommandFailure.usage("\(flag) has no meaning for a vocabulary of type \(type.rawValue)")
        }
        let specials = command.specialTokens.map { SpecialToken($0) }
        let size = command.vocabSize ?? (type == .unigram ? 8000 : 30_000)
        let frequency = command.minFrequency ?? 0
        switch type {
        case .wordpiece:
            return WordPieceTrainer(
                vocabSize: size, minFrequency: frequency, specialTokens: specials, limitAlphabet: command.limitAlphabet)
        case .bpe:
            // A tokenizer that is kept says itself whether it works on bytes.
            return BpeTrainer(
                vocabSize: size, minFrequency: frequency, specialTokens: specials, limitAlphabet: command.limitAlphabet,
                initialAlphabet: command.model == nil ? BpeTrainer.byteLevelAlphabet : [],
                maxTokenLength: command.maxTokenLength)
        case .unigram:
            return UnigramTrainer(
                vocabSize: size, specialTokens: specials, shrinkingFactor: command.shrinkingFactor ?? 0.75,
                unkToken: unkToken, maxPieceLength: command.maxPieceLength ?? 16)
        case .wordlevel:
            return WordLevelTrainer(vocabSize: size, minFrequency: frequency, specialTokens: specials)
        }
    }

    func train(_ rows: TextRows) throws -> Tokenizer { try trainer.train(self, rows) }

    fileprivate func train(_ rows: TextRows, _ trainer: some VocabularyTrainer) throws -> Tokenizer {
        let bars = StageBars(bytes: rows.byteCount)
        defer { bars.close() }
        func read(_ add: (String) throws -> Void) throws {
            var bytes = 0
            try rows.forEach { row, size in
                bytes += size
                bars.show(StageBars.reading, bytes, rows.byteCount ?? 0)
                try add(row.text)
            }
        }
        switch target {
        case .blueprint(let blueprint):
            return try blueprint.train(trainer: trainer, progress: bars.show, reading: read)
        case .tokenizer(let tokenizer):
            return try tokenizer.trainNew(trainer: trainer, progress: bars.show, reading: read)
        }
    }
}

extension VocabularyTrainer {
    /// Carries the recipe out by this trainer.
    fileprivate func train(_ recipe: VocabularyRecipe, _ rows: TextRows) throws -> Tokenizer {
        try recipe.train(rows, self)
    }
}

/// A progress bar for each stage of training, one below the other.
private final class StageBars {
    static let reading = "Pre-processing files"
    private let bytes: Int?
    private var stage = ""
    private var line: ProgressLine?

    init(bytes: Int?) { self.bytes = bytes }

    func show(_ stage: String, _ done: Int, _ total: Int) {
        // Texts are counted by the bytes of their files instead.
        guard stage != "Pre-processing sequences", total > 0 else { return }
        if stage != self.stage {
            close()
            self.stage = stage
            line = ProgressLine(stage, total: total)
        }
        line?.advance(to: done)
    }

    func close() {
        line?.close()
        line = nil
    }
}
