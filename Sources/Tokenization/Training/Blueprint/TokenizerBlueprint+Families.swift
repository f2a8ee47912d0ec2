extension TokenizerBlueprint {
    /// BERT's tokenizer, for a ``WordPieceTrainer``.
    public static func bert(lowercase: Bool = true) -> TokenizerBlueprint {
        var blueprint = TokenizerBlueprint(
            normalizer: .bert(lowercase: lowercase), preTokenizer: .bert,
            postProcessor: .template(single: "[CLS] $A [SEP]", pair: "[CLS] $A [SEP] $B:1 [SEP]:1"),
            decoder: .wordPiece(), roles: .bert, specialTokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
        blueprint.tokenizerClass = "BertTokenizer"
        return blueprint
    }

    /// GPT-2's tokenizer, for a ``BpeTrainer`` with ``BpeTrainer/byteLevelAlphabet``.
    public static let gpt2 = TokenizerBlueprint(
        preTokenizer: .byteLevel(addPrefixSpace: false), postProcessor: .byteLevel(trimOffsets: false),
        decoder: .byteLevel,
        roles: SpecialTokens(bosToken: "<|endoftext|>", eosToken: "<|endoftext|>", unkToken: "<|endoftext|>"))

    /// RoBERTa's tokenizer, for a ``BpeTrainer`` with ``BpeTrainer/byteLevelAlphabet``.
    public static let roberta = TokenizerBlueprint(
        preTokenizer: .byteLevel(addPrefixSpace: false), postProcessor: .roberta(addPrefixSpace: false),
        decoder: .byteLevel, roles: robertaRoles, specialTokens: robertaTokens)

    /// A tokenizer with XLM-RoBERTa's tokens, for a ``UnigramTrainer`` with the unknown token `<unk>`.
    public static let xlmRoberta = TokenizerBlueprint(
        normalizer: sentencePieceNormalizer, preTokenizer: .metaspace(),
        postProcessor: .template(single: "<s> $A </s>", pair: "<s> $A </s> </s> $B </s>"), decoder: .metaspace(),
        roles: robertaRoles, specialTokens: robertaTokens)

    /// A tokenizer with T5's tokens, for a ``UnigramTrainer`` with the unknown token `<unk>`.
    public static let t5 = TokenizerBlueprint(
        normalizer: sentencePieceNormalizer, preTokenizer: .metaspace(),
        postProcessor: .template(single: "$A </s>", pair: "$A </s> $B </s>"), decoder: .metaspace(),
        roles: SpecialTokens(eosToken: "</s>", unkToken: "<unk>", padToken: "<pad>"),
        specialTokens: ["<pad>", "</s>", "<unk>"])

    private static let robertaRoles = SpecialTokens(
        bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>", sepToken: "</s>", padToken: "<pad>", clsToken: "<s>",
        maskToken: "<mask>")

    private static let robertaTokens: [SpecialToken] = [
        "<s>", "<pad>", "</s>", "<unk>", SpecialToken("<mask>", lstrip: true),
    ]

    /// SentencePiece's usual rules, as Python's `SentencePieceUnigramTokenizer` has them.
    private static let sentencePieceNormalizer = Normalization.sequence([
        .nmt, .nfkc, .replace(regex: " {2,}", with: " "),
    ])
}

extension BpeTrainer {
    /// The characters that stand for the 256 bytes, so that nothing is unknown to a byte-level encoding.
    public static let byteLevelAlphabet: Set<Unicode.Scalar> = {
        // Printable characters of Latin-1 stand for themselves, the others for the next ones from 256 on.
        var alphabet: Set<Unicode.Scalar> = []
        var next: UInt32 = 256
        for byte in UInt32(0)..<256 {
            let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            if let scalar = Unicode.Scalar(isPrintable ? byte : next) { alphabet.insert(scalar) }
            if !isPrintable { next += 1 }
        }
        return alphabet
    }()
}
