/// The tokenizer classes of Python that are made of `vocab.json` and `merges.txt`, each with its own steps.
enum ByteLevelFamily: String, CaseIterable {
    case gpt2 = "GPT2Tokenizer"
    case qwen2 = "Qwen2Tokenizer"
    case roberta = "RobertaTokenizer"

    /// The special tokens that the class has where no file names others.
    var specialTokens: SpecialTokens {
        let end = "<|endoftext|>"
        return switch self {
        case .gpt2: SpecialTokens(bosToken: end, eosToken: end, unkToken: end)
        case .qwen2: SpecialTokens(eosToken: end, unkToken: end, padToken: end)
        case .roberta:
            SpecialTokens(
                bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>", sepToken: "</s>", padToken: "<pad>",
                clsToken: "<s>",
                maskToken: "<mask>")
        }
    }

    /// The class of each type of model, as Python's `AutoTokenizer` knows them.
    private static let modelTypes: [String: ByteLevelFamily] = [
        "bart": .roberta, "bridgetower": .roberta, "clap": .roberta, "codegen": .gpt2, "data2vec-text": .roberta,
        "dbrx": .gpt2, "gpt2": .gpt2, "gpt_neo": .gpt2, "gptj": .gpt2, "ibert": .roberta, "lilt": .roberta,
        "longformer": .roberta, "mega": .roberta, "mra": .roberta, "opt": .gpt2, "phi": .gpt2, "qwen2": .qwen2,
        "qwen2_audio": .qwen2, "qwen2_moe": .qwen2, "qwen2_vl": .qwen2, "qwen2_5_vl": .qwen2, "qwen3": .qwen2,
        "qwen3_moe": .qwen2, "qwen3_vl": .qwen2, "roberta": .roberta, "roberta-prelayernorm": .roberta,
        "starcoder2": .gpt2,
    ]

    /// The family of a folder with `vocab.json` and `merges.txt`; nil where one of them is missing.
    init?(_ folder: TokenizerFolder, _ configuration: TokenizerConfiguration) throws(TokenizerError) {
        guard folder.contains("vocab.json"), folder.contains("merges.txt") else { return nil }
        let model = try folder.json("config.json")
        var tokenizerClass = configuration.tokenizerClass
        if tokenizerClass == nil { tokenizerClass = try model?.member("tokenizer_class")?.string() }
        let modelType = try model?.member("model_type")?.string()
        if let tokenizerClass {
            let name = tokenizerClass.hasSuffix("Fast") ? String(tokenizerClass.dropLast(4)) : tokenizerClass
            if let family = ByteLevelFamily(rawValue: name) {
                self = family
                return
            }
        } else if let modelType, let family = Self.modelTypes[modelType] {
            self = family
            return
        }
        guard let name = tokenizerClass ?? modelType else {
            throw .invalidFile(
                path: folder.path("vocab.json"), place: "",
                reason: "what is made of it depends on the class; name it in tokenizer_config.json (tokenizer_class: "
                    + "\(Self.allCases.map(\.rawValue).joined(separator: ", "))) or the model in config.json (model_type)"
            )
        }
        throw .unsupportedType(
            component: "vocab.json and merges.txt for a tokenizer", type: name,
            supported: Self.allCases.map(\.rawValue))
    }
}
