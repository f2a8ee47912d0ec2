/// The tokenizer classes of Python that are made of a SentencePiece file, each with its own steps around the model.
enum SentencePieceFamily: String, CaseIterable {
    case albert = "AlbertTokenizer"
    case debertaV2 = "DebertaV2Tokenizer"
    case llama = "LlamaTokenizer"
    case t5 = "T5Tokenizer"
    case xlmRoberta = "XLMRobertaTokenizer"
    /// Any other: the steps follow from the file alone.
    case generic = "TokenizersBackend"

    /// The name that the file has in the class's repositories.
    var fileName: String {
        switch self {
        case .albert, .t5: "spiece.model"
        case .debertaV2: "spm.model"
        case .xlmRoberta: "sentencepiece.bpe.model"
        case .llama, .generic: "tokenizer.model"
        }
    }

    /// The special tokens that the class has where no file names others.
    var specialTokens: SpecialTokens {
        switch self {
        case .albert:
            SpecialTokens(
                bosToken: "[CLS]", eosToken: "[SEP]", unkToken: "<unk>", sepToken: "[SEP]", padToken: "<pad>",
                clsToken: "[CLS]", maskToken: "[MASK]")
        case .debertaV2:
            SpecialTokens(
                bosToken: "[CLS]", eosToken: "[SEP]", unkToken: "[UNK]", sepToken: "[SEP]", padToken: "[PAD]",
                clsToken: "[CLS]", maskToken: "[MASK]")
        case .llama: SpecialTokens(bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>")
        case .t5: SpecialTokens(eosToken: "</s>", unkToken: "<unk>", padToken: "<pad>")
        case .xlmRoberta:
            SpecialTokens(
                bosToken: "<s>", eosToken: "</s>", unkToken: "<unk>", sepToken: "</s>", padToken: "<pad>",
                clsToken: "<s>", maskToken: "<mask>")
        case .generic: SpecialTokens()
        }
    }

    /// Python's classes of other models that have SentencePiece files, and these models' types.
    private static let unsupported = [
        "barthez": "BarthezTokenizer", "big_bird": "BigBirdTokenizer", "camembert": "CamembertTokenizer",
        "code_llama": "CodeLlamaTokenizer", "cpm": "CpmTokenizer", "fnet": "FNetTokenizer", "gemma": "GemmaTokenizer",
        "gemma2": "GemmaTokenizer", "gemma3": "GemmaTokenizer", "gemma3_text": "GemmaTokenizer",
        "gemma3n": "GemmaTokenizer", "layoutxlm": "LayoutXLMTokenizer", "m2m_100": "M2M100Tokenizer",
        "marian": "MarianTokenizer", "mbart": "MBartTokenizer", "mbart50": "MBart50Tokenizer",
        "nllb": "NllbTokenizer", "nllb-moe": "NllbTokenizer", "pegasus": "PegasusTokenizer",
        "plbart": "PLBartTokenizer", "recurrent_gemma": "GemmaTokenizer", "reformer": "ReformerTokenizer",
        "rembert": "RemBertTokenizer", "seamless_m4t": "SeamlessM4TTokenizer",
        "seamless_m4t_v2": "SeamlessM4TTokenizer", "siglip": "SiglipTokenizer", "t5gemma": "GemmaTokenizer",
        "udop": "UdopTokenizer", "xglm": "XGLMTokenizer", "xlnet": "XLNetTokenizer",
    ]

    private static let modelTypes: [String: SentencePieceFamily] = [
        "albert": .albert, "yoso": .albert, "deberta-v2": .debertaV2, "idefics": .llama, "idefics2": .llama,
        "mt5": .t5, "musicgen": .t5, "musicgen_melody": .t5, "switch_transformers": .t5, "t5": .t5,
        "gte": .xlmRoberta, "jina_embeddings_v3": .xlmRoberta, "metaclip_2": .xlmRoberta, "trocr": .xlmRoberta,
        "xlm-roberta": .xlmRoberta, "xmod": .xlmRoberta,
    ]

    /// The family of a folder's SentencePiece file; nil where there is no such file.
    init?(_ folder: TokenizerFolder, _ configuration: TokenizerConfiguration) throws(TokenizerError) {
        let names = Set(Self.allCases.map(\.fileName)).filter(folder.contains)
        guard let name = names.first else { return nil }
        let model = try folder.json("config.json")
        var tokenizerClass = configuration.tokenizerClass
        if tokenizerClass == nil { tokenizerClass = try model?.member("tokenizer_class")?.string() }
        let family = try SentencePieceFamily(
            tokenizerClass: tokenizerClass, modelType: try model?.member("model_type")?.string())
        guard names.contains(family.fileName) else {
            throw .invalidFile(
                path: folder.path(name), place: "",
                reason: "a tokenizer of class \(family.rawValue) has its model in \(family.fileName); "
                    + "name the class in tokenizer_config.json (tokenizer_class) or the model in config.json (model_type)"
            )
        }
        self = family
    }

    /// The family of a class that `tokenizer_config.json` or `config.json` names, or else of a type of model.
    init(tokenizerClass: String?, modelType: String?) throws(TokenizerError) {
        func unsupported(_ name: String) -> TokenizerError {
            .unsupportedType(
                component: "a SentencePiece file for a tokenizer", type: name,
                supported: Self.allCases.map(\.rawValue))
        }
        if let tokenizerClass {
            let name = tokenizerClass.hasSuffix("Fast") ? String(tokenizerClass.dropLast(4)) : tokenizerClass
            if let family = SentencePieceFamily(rawValue: name) {
                self = family
                return
            }
            if Self.unsupported.values.contains(name) { throw unsupported(name) }
        } else if let modelType {
            if let family = Self.modelTypes[modelType] {
                self = family
                return
            }
            if let name = Self.unsupported[modelType] { throw unsupported(name) }
        }
        self = .generic
    }
}
