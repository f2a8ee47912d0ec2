import ArgumentParser
import Foundation
import SwiftTrainer

/// `trainer train-tokenizer`
struct TrainTokenizerCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "train-tokenizer", abstract: "Learns a tokenizer's vocabulary from text files or tables.",
        discussion: """
            Leaves a folder that Python's AutoTokenizer loads. Equal texts give the vocabulary that Python's tokenizers \
            learn. With --model, everything but the vocabulary is that of another tokenizer.

              trainer train-tokenizer --type wordpiece --train-file 'corpus/*.txt' --vocab-size 30000 --output-dir out
              trainer train-tokenizer --model MODEL --train-file reviews.csv --text-column text --output-dir out
            """)

    @Option(
        help: "The kind of vocabulary: wordpiece (BERT), bpe (RoBERTa, GPT-2), unigram (XLM-RoBERTa, T5), wordlevel.")
    var type: VocabularyType?

    @Option(help: "Whose steps and special tokens: bert, roberta (for bpe), gpt2, xlm-roberta (for unigram), t5.")
    var family: TokenizerFamily?

    @Option(help: "The folder of a tokenizer whose steps and special tokens are kept.")
    var model: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Text files, tables (.csv, .tsv, .jsonl, .json, .parquet, .arrow), or patterns such as 'corpus/*.txt'; - for standard input.",
            valueName: "file ...")
    )
    var trainFile: [String] = []

    @Option(help: "The column with the texts of tables (default: one with a usual name, such as text or sentence).")
    var textColumn: String?

    @Option(
        help: ArgumentHelp(
            "Whether cells may stand in double quotes (default: true for CSV, false for TSV).", valueName: "true|false")
    )
    var quoting: Bool?

    @Option(help: "The folder for the tokenizer.")
    var outputDir: String

    @Option(help: "How many tokens the vocabulary gets at most (default: 30000; 8000 for unigram).")
    var vocabSize: Int?

    @Option(help: "How often a pair of tokens, or a word, must come to become a token (default: 0).")
    var minFrequency: Int?

    @Option(help: "The most characters to start from, the most frequent ones (default: all).")
    var limitAlphabet: Int?

    @Option(help: "Tokens of bpe are shorter than this many characters (default: no limit).")
    var maxTokenLength: Int?

    @Option(help: "Pieces of unigram are at most this many characters long (default: 16).")
    var maxPieceLength: Int?

    @Option(help: "The share of the pieces that each round of unigram leaves (default: 0.75).")
    var shrinkingFactor: Double?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Special tokens beside those of the family.", valueName: "token ..."))
    var specialTokens: [String] = []

    @Option(
        help: ArgumentHelp("Whether a bert tokenizer lowercases (default: true).", valueName: "true|false"))
    var lowercase: Bool?

    @Option(help: "The most tokens that the model will take (default: no limit).")
    var modelMaxLength: Int?

    static let switches: Set<String> = ["lowercase", "quoting"]
    static let ownFlags: Set<String> = [
        "type", "family", "model", "train-file", "text-column", "quoting", "output-dir", "vocab-size", "min-frequency",
        "limit-alphabet", "max-token-length", "max-piece-length", "shrinking-factor", "special-tokens", "lowercase",
        "model-max-length",
    ]

    func perform(_ arguments: TrainingArguments) throws {
        guard !trainFile.isEmpty else {
            throw CommandFailure.usage("--train-file is missing: the files with the texts to learn from")
        }
        let rows = TextRows(
            files: try TextRows.files(trainFile), columns: ColumnChoice(text: textColumn), quoting: quoting,
            keepsLineEndings: true)
        let recipe = try VocabularyRecipe(self)
        try OutputFolder.check(outputDir)
        let tokenizer = try recipe.train(rows)
        try tokenizer.savePretrained(URL(filePath: outputDir))
        Console.note("\(tokenizer.vocabularySize) tokens are in \(outputDir)")
    }
}

/// The kinds of vocabularies.
enum VocabularyType: String, ExpressibleByArgument, CaseIterable {
    case wordpiece, bpe, unigram, wordlevel
}

/// The tokenizers that are ready but for their vocabulary.
enum TokenizerFamily: String, ExpressibleByArgument, CaseIterable {
    case bert, gpt2, roberta, t5
    case xlmRoberta = "xlm-roberta"

    var type: VocabularyType {
        switch self {
        case .bert: .wordpiece
        case .gpt2, .roberta: .bpe
        case .t5, .xlmRoberta: .unigram
        }
    }
}
