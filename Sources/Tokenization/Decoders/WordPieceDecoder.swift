internal import OrderedJSON

/// Joins tokens by spaces, those that continue a word without one.
struct WordPieceDecoder: TokenDecoder {
    let prefix: String
    /// Whether the spaces before punctuation and in English contractions are taken out.
    let cleanup: Bool

    init(prefix: String = "##", cleanup: Bool = true) {
        self.prefix = prefix
        self.cleanup = cleanup
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(prefix: try node.string("prefix"), cleanup: try node.required("cleanup").bool())
    }

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            var part = token
            if index > 0 {
                let continues = token.utf8.starts(with: prefix.utf8)
                part =
                    continues ? String(decoding: token.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : " " + token
            }
            return cleanup ? Self.cleanUp(part, extra: Self.extraContractions) : part
        }
    }

    /// What the decoder takes out in addition to `clean_up_tokenization_spaces`.
    static let extraContractions = [(" do not", " don't")]

    /// Takes spaces out as Python does; `extra` comes before the other contractions.
    static func cleanUp(_ text: String, extra: [(String, String)] = []) -> String {
        guard text.utf8.contains(UInt8(ascii: " ")) else { return text }
        let before = [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m")]
        let after = [(" 's", "'s"), (" 've", "'ve"), (" 're", "'re")]
        return (before + extra + after).reduce(text) { text, change in
            // Byte by byte: a mark that combines with the full stop must not hide it.
            text.utf8.contains(change.0.utf8) ? text.replacingLiteral(change.0, with: change.1) : text
        }
    }

    var json: JSONValue { ["type": "WordPiece", "prefix": .string(prefix), "cleanup": .bool(cleanup)] }
}

extension String {
    /// Replaces each occurrence of the exact bytes of `pattern`, which must not be empty.
    func replacingLiteral(_ pattern: String, with replacement: String) -> String {
        let bytes = Array(utf8)
        let pattern = Array(pattern.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == pattern[0], bytes[index...].starts(with: pattern) {
                result.append(contentsOf: replacement.utf8)
                index += pattern.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
