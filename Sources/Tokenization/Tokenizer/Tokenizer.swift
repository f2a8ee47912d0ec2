public import Foundation
internal import OrderedJSON

/// Turns text into the ids that a model takes, and back.
///
/// The same as Python's `tokenizers` and the fast tokenizers of `transformers`: ids, offsets, masks and files agree.
/// A tokenizer does not change and may be used from several threads at once.
///
/// ```swift
/// let tokenizer = try Tokenizer(folder: folder)
/// let encoding = try tokenizer("Swift is fast.", truncation: true)
/// print(encoding.inputIds, encoding.tokens)
/// ```
public final class Tokenizer: Sendable {
    let pipeline: Pipeline
    let configuration: TokenizerConfiguration
    let matchers: AddedTokenMatchers
    let table: TokenTable
    let singleTemplate: [TemplatePiece]
    let pairTemplate: [TemplatePiece]
    /// What is taken out of offsets; nil where nothing is.
    let margins: TokenMargins?
    let padId: Int32?
    let workers = EncodingWorkers()

    /// Loads a tokenizer from a model's folder.
    ///
    /// Read are `tokenizer.json`, or else BERT's `vocab.txt`, or `vocab.json` and `merges.txt`, or a tiktoken vocabulary
    /// (`tokenizer.model`, `tiktoken.model`), or a SentencePiece file under the name that the model's class has for it
    /// (`spiece.model`, `tokenizer.model`, …); and, where they exist, `tokenizer_config.json` and
    /// `special_tokens_map.json`. What is made of a file other than `tokenizer.json` depends on the class that
    /// `tokenizer_config.json` or `config.json` names, or on `model_type` in the latter. The truncation and padding in
    /// `tokenizer.json` have no effect, as in Python's `transformers`: each call says what it wants.
    /// - Throws: `TokenizerError` where a file is missing, malformed, contradicts itself or holds a step of a type
    ///   that is not supported.
    public convenience init(folder: URL) throws {
        let files = TokenizerFolder(url: folder)
        var configuration = try TokenizerConfiguration(files)
        let pipeline: Pipeline
        if let json = try files.json("tokenizer.json") {
            pipeline = try Pipeline(json, &configuration)
        } else if files.contains("vocab.txt") {
            pipeline = try Pipeline(vocabularyFile: files, &configuration)
        } else if let family = try ByteLevelFamily(files, configuration) {
            pipeline = try Pipeline(byteLevel: files, family, &configuration)
        } else if let name = try Pipeline.tiktokenFile(files) {
            pipeline = try Pipeline(tiktoken: files, name, &configuration)
        } else if let family = try SentencePieceFamily(files, configuration) {
            pipeline = try Pipeline(sentencePiece: files, family, &configuration)
        } else {
            throw TokenizerError.noTokenizer(folder: folder.path)
        }
        try self.init(pipeline, configuration)
    }

    init(_ pipeline: Pipeline, _ configuration: TokenizerConfiguration) throws(TokenizerError) {
        self.pipeline = pipeline
        self.configuration = configuration
        matchers = AddedTokenMatchers(pipeline)
        table = TokenTable(vocabulary: pipeline.model.vocabulary, addedTokens: pipeline.addedTokens)
        singleTemplate = pipeline.postProcessor?.template(pair: false) ?? .bare(pair: false)
        pairTemplate = pipeline.postProcessor?.template(pair: true) ?? .bare(pair: true)
        let table = table
        margins = pipeline.postProcessor?.offsetTrimming.map { TokenMargins($0, table) }
        padId = configuration.specialTokens.padToken.flatMap(table.id)
    }

    // MARK: The vocabulary

    /// How many tokens there are, those included that were added to the model's (Python's `len(tokenizer)`).
    public var vocabularySize: Int { table.count }

    /// The largest id in use; a model's embedding needs at least one row more.
    public var largestId: Int { table.largestId }

    /// The id of a token; nil where there is no such token.
    public func tokenToId(_ token: String) -> Int? { table.id(token).map(Int.init) }

    /// The token of an id; nil where the id is not used.
    public func idToToken(_ id: Int) -> String? { table.token(id) }

    /// The id of each token, with the unknown token's for a token that there is not.
    /// - Throws: `TokenizerError.missingUnknownToken` where one is needed and there is none.
    public func convertTokensToIds(_ tokens: [String]) throws -> [Int] {
        try tokens.map { token in
            if let id = tokenToId(token) ?? unkTokenId { return id }
            throw TokenizerError.missingUnknownToken(specialTokens.unkToken ?? "unk_token")
        }
    }

    /// The token of each id; nil for an id that is not used.
    public func convertIdsToTokens(_ ids: [Int]) -> [String?] { ids.map(idToToken) }

    // MARK: Settings

    /// The most tokens that the model takes; `Int.max` where the files do not say.
    public var modelMaxLength: Int { configuration.modelMaxLength }
    /// The side on which encodings are padded unless a call says otherwise.
    public var paddingSide: Side { configuration.paddingSide }
    /// The side on which texts are cut.
    public var truncationSide: Side { configuration.truncationSide }
    /// The tokens with a role, such as `[CLS]`.
    public var specialTokens: SpecialTokens { configuration.specialTokens }
    /// The type id of padding.
    public var padTokenTypeId: Int { Int(configuration.padTokenTypeId) }

    public var padTokenId: Int? { padId.map(Int.init) }
    public var unkTokenId: Int? { specialTokens.unkToken.flatMap(tokenToId) }
    public var clsTokenId: Int? { specialTokens.clsToken.flatMap(tokenToId) }
    public var sepTokenId: Int? { specialTokens.sepToken.flatMap(tokenToId) }
    public var maskTokenId: Int? { specialTokens.maskToken.flatMap(tokenToId) }

    /// How many special tokens are added to one text, or to a pair.
    public func numSpecialTokensToAdd(pair: Bool = false) -> Int {
        (pair ? pairTemplate : singleTemplate).specialCount
    }
}
