public import Foundation
internal import OrderedJSON

extension Tokenizer {
    /// Writes `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json`, and `vocab.txt` for BERT's
    /// model, so that Python and `Tokenizer(folder:)` load the same tokenizer. Each file is replaced as a whole. Chat
    /// templates are written as they were read.
    /// - Throws: `TokenizerError.fileAccess` where the folder cannot be made or a file cannot be written.
    public func savePretrained(_ folder: URL) throws {
        let files = TokenizerFolder(url: folder)
        let lines = vocabularyLines
        let format = JSONFormat(indent: 2, ensureASCII: false)
        let sorted = JSONFormat(indent: 2, sortKeys: true, ensureASCII: false)
        let settings = JSONValue.object(savedConfiguration).serialized(sorted)
            .replacingLiteral("\"model_max_length\": 1e+30", with: "\"model_max_length\": \(Self.unlimitedLength)")
        try files.create()
        try files.write(pipeline.json.serialized(format), to: "tokenizer.json")
        try files.write(settings + "\n", to: "tokenizer_config.json")
        try files.write(
            JSONValue.object(specialTokens.json).serialized(sorted) + "\n", to: "special_tokens_map.json")
        if let lines { try files.write(lines, to: "vocab.txt") }
        try configuration.chatTemplates.write(to: files)
    }

    /// Python's `int(1e30)`, which stands for no maximum and does not fit an `Int`.
    private static let unlimitedLength = "1000000000000000019884624838656"

    private var savedConfiguration: JSONObject {
        var members = configuration.members
        for key in ["name_or_path", "special_tokens_map_file", "tokenizer_file", "added_tokens_decoder", "device_map"] {
            members[key] = nil
        }
        for (key, value) in specialTokens.json { members[key] = value }
        members["backend"] = "tokenizers"
        members["model_max_length"] = modelMaxLength == .max ? .double(1e30) : .int(modelMaxLength)
        members["padding_side"] = .string(paddingSide.rawValue)
        members["truncation_side"] = .string(truncationSide.rawValue)
        let isBert = pipeline.normalizer is BertNormalizer && pipeline.model is WordPiece
        if members["tokenizer_class"] == nil {
            members["tokenizer_class"] = isBert ? "BertTokenizer" : "PreTrainedTokenizerFast"
        }
        if let bert = pipeline.normalizer as? BertNormalizer, isBert {
            members["do_lower_case"] = .bool(bert.lowercase)
            members["strip_accents"] = bert.stripAccents.map(JSONValue.bool) ?? .null
            members["tokenize_chinese_chars"] = .bool(bert.handleChineseChars)
        }
        return members
    }

    /// The content of `vocab.txt`; nil where the model is another, or its tokens do not fit the format.
    private var vocabularyLines: String? {
        guard pipeline.model is WordPiece else { return nil }
        let vocabulary = pipeline.model.vocabulary
        guard vocabulary.largestId + 1 == vocabulary.count else { return nil }
        var text = ""
        for (_, token) in vocabulary.entries {
            if token.unicodeScalars.last?.properties.isWhitespace == true || token.utf8.contains(0x0A) { return nil }
            text += token + "\n"
        }
        return text
    }
}
