internal import OrderedJSON

/// The steps of a tokenizer in their order: normalizer, pre-tokenizer, model, post-processor, decoder.
struct Pipeline: Sendable {
    var normalizer: (any Normalizer)?
    var preTokenizer: (any PreTokenizer)?
    var model: any TokenizationModel
    var postProcessor: (any PostProcessor)?
    var decoder: (any TokenDecoder)?
    var addedTokens: [AddedToken]
    /// Kept for saving only: Python's tokenizers override both in every call, and so do ours.
    var storedTruncation: JSONValue = .null
    var storedPadding: JSONValue = .null

    init(
        normalizer: (any Normalizer)? = nil, preTokenizer: (any PreTokenizer)? = nil,
        model: any TokenizationModel, postProcessor: (any PostProcessor)? = nil,
        decoder: (any TokenDecoder)? = nil, addedTokens: [AddedToken] = []
    ) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.model = model
        self.postProcessor = postProcessor
        self.decoder = decoder
        self.addedTokens = addedTokens
    }

    /// Reads the content of `tokenizer.json`.
    init(_ node: PipelineNode) throws(TokenizerError) {
        model = try ModelReader.read(try node.required("model"))
        if let part = try node.member("normalizer") { normalizer = try NormalizerReader.read(part) }
        if let part = try node.member("pre_tokenizer") { preTokenizer = try PreTokenizerReader.read(part) }
        if let part = try node.member("post_processor") { postProcessor = try PostProcessorReader.read(part) }
        if let part = try node.member("decoder") { decoder = try DecoderReader.read(part) }
        addedTokens = try TokenTable.readAddedTokens(try node.member("added_tokens"), model.vocabulary)
        storedTruncation = try node.member("truncation")?.value ?? .null
        storedPadding = try node.member("padding")?.value ?? .null
    }

    /// The content of `tokenizer.json`.
    var json: JSONValue {
        [
            "version": "1.0", "truncation": storedTruncation, "padding": storedPadding,
            "added_tokens": .array(addedTokens.sorted { $0.id < $1.id }.map(\.json)),
            "normalizer": normalizer?.json ?? .null, "pre_tokenizer": preTokenizer?.json ?? .null,
            "post_processor": postProcessor?.json ?? .null, "decoder": decoder?.json ?? .null, "model": model.json,
        ]
    }
}
