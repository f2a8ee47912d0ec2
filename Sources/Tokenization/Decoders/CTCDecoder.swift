internal import OrderedJSON

/// Decodes what speech models put out: repeated tokens become one, padding goes, a delimiter stands between words.
struct CTCDecoder: TokenDecoder {
    let padToken: String
    let wordDelimiterToken: String
    /// Whether delimiters become spaces and the spaces before punctuation are taken out.
    let cleanup: Bool

    init(_ node: PipelineNode) throws(TokenizerError) {
        padToken = try node.string("pad_token")
        let delimiter = try node.required("word_delimiter_token")
        wordDelimiterToken = try delimiter.string()
        guard !wordDelimiterToken.isEmpty else { throw delimiter.error("the delimiter is empty") }
        cleanup = try node.required("cleanup").bool()
    }

    func decodeChain(_ tokens: [String]) -> [String] {
        var parts: [String] = []
        for (index, token) in tokens.enumerated() {
            if index > 0, tokens[index - 1].utf8.elementsEqual(token.utf8) { continue }
            var part = padToken.isEmpty ? token : token.replacingLiteral(padToken, with: "")
            if cleanup {
                part = WordPieceDecoder.cleanUp(part, extra: WordPieceDecoder.extraContractions)
                    .replacingLiteral(wordDelimiterToken, with: " ")
            }
            if !part.isEmpty { parts.append(part) }
        }
        return parts
    }

    var json: JSONValue {
        [
            "type": "CTC", "pad_token": .string(padToken), "word_delimiter_token": .string(wordDelimiterToken),
            "cleanup": .bool(cleanup),
        ]
    }
}
