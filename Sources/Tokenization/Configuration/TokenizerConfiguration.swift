internal import OrderedJSON

/// What `tokenizer_config.json` and `special_tokens_map.json` say.
struct TokenizerConfiguration: Sendable {
    /// All members of `tokenizer_config.json`, kept for saving.
    var members: JSONObject
    var specialTokens = SpecialTokens()
    /// Int.max where there is none.
    var modelMaxLength: Int
    var paddingSide: Side
    var truncationSide: Side
    var padTokenTypeId: Int32
    var cleanUpTokenizationSpaces: Bool
    /// Whether that holds for BPE as well.
    var cleanUpTokenizationSpacesForBPE: Bool
    var tokenizerClass: String?
    /// Special tokens without a role.
    var extraSpecialTokens: [String] = []
    /// Whether a file says which these are, if only that there are none.
    private(set) var namesExtraSpecialTokens = false

    var chatTemplates = ChatTemplates()

    /// From here on a maximum is none: Python writes 1e30 for it.
    private static let unlimited = 1e18

    init(_ folder: TokenizerFolder) throws(TokenizerError) {
        let file = try folder.json("tokenizer_config.json")
        try self.init(
            file ?? PipelineNode(value: [:], file: folder.path("tokenizer_config.json"), place: ""),
            specialTokensMap: try folder.json("special_tokens_map.json"))
        chatTemplates = try ChatTemplates(folder)
    }

    /// What `node` says, and for special tokens that it does not name, `map`.
    init(_ node: PipelineNode, specialTokensMap map: PipelineNode? = nil) throws(TokenizerError) {
        members = try node.object()
        modelMaxLength = try Self.length(try node.member("model_max_length"))
        paddingSide = try Self.side(try node.member("padding_side"))
        truncationSide = try Self.side(try node.member("truncation_side"))
        padTokenTypeId = Int32(
            try node.member("pad_token_type_id")?.integer(in: PostProcessorReader.idRange) ?? 0)
        cleanUpTokenizationSpaces = try node.bool("clean_up_tokenization_spaces", default: false)
        cleanUpTokenizationSpacesForBPE = try node.bool(
            "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output", default: false)
        tokenizerClass = try node.member("tokenizer_class")?.string()
        try specialTokens.fill(from: node)
        try specialTokens.fill(from: map)
        for source in [node, map] {
            for key in ["extra_special_tokens", "additional_special_tokens"] {
                guard let list = try source?.member(key), list.value.arrayValue != nil else { continue }
                namesExtraSpecialTokens = true
                for token in try list.elements() {
                    let content = try token.tokenContent()
                    if !extraSpecialTokens.contains(content) { extraSpecialTokens.append(content) }
                }
            }
        }
    }

    private static func length(_ node: PipelineNode?) throws(TokenizerError) -> Int {
        guard let node else { return .max }
        guard let value = node.value.doubleValue, value >= 1 else {
            throw node.error("expected a length of at least 1")
        }
        guard value < unlimited else { return .max }
        return Int(value)
    }

    private static func side(_ node: PipelineNode?) throws(TokenizerError) -> Side {
        guard let node else { return .right }
        guard let side = Side(rawValue: try node.string().lowercased()) else {
            throw node.error("expected \"left\" or \"right\"")
        }
        return side
    }

    /// Gives the roles that no file names a token.
    mutating func fillRoles(from defaults: SpecialTokens) {
        for (_, path) in SpecialTokens.roles where specialTokens[keyPath: path] == nil {
            specialTokens[keyPath: path] = defaults[keyPath: path]
        }
    }

    /// Whether the class is BERT's, or one with the same tokenizer.
    var isBertClass: Bool {
        guard let tokenizerClass else { return false }
        let name = tokenizerClass.hasSuffix("Fast") ? String(tokenizerClass.dropLast(4)) : tokenizerClass
        return [
            "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "LayoutLMTokenizer",
            "ConvBertTokenizer", "SqueezeBertTokenizer", "RetriBertTokenizer",
        ].contains(name)
    }

    /// The normalizer with what `tokenizer_config.json` sets differently, as Python's BERT classes do.
    func adjusted(_ normalizer: BertNormalizer) throws(TokenizerError) -> BertNormalizer {
        let node = PipelineNode(value: .object(members), file: "tokenizer_config.json", place: "")
        let stripAccents =
            members["strip_accents"] == nil ? normalizer.stripAccents : try node.member("strip_accents")?.bool()
        return BertNormalizer(
            cleanText: normalizer.cleanText,
            handleChineseChars: try node.bool("tokenize_chinese_chars", default: normalizer.handleChineseChars),
            stripAccents: stripAccents,
            lowercase: try node.bool("do_lower_case", default: normalizer.lowercase))
    }
}
