internal import OrderedJSON

/// Turns the suffix that ends a word into a space.
struct BPEDecoder: TokenDecoder {
    let suffix: String

    init(_ node: PipelineNode) throws(TokenizerError) {
        let member = try node.required("suffix")
        suffix = try member.string()
        guard !suffix.isEmpty else { throw member.error("the suffix is empty") }
    }

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            token.replacingLiteral(suffix, with: index == tokens.count - 1 ? "" : " ")
        }
    }

    var json: JSONValue { ["type": "BPEDecoder", "suffix": .string(suffix)] }
}

/// Joins all parts to one.
struct FuseDecoder: TokenDecoder {
    func decodeChain(_ tokens: [String]) -> [String] { [tokens.joined()] }

    var json: JSONValue { ["type": "Fuse"] }
}

extension ReplaceNormalizer: TokenDecoder {
    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.map { token in
            var token = token
            return token.withUTF8 { bytes in
                // A token on which the pattern takes too long stays as it is: decoding has no errors.
                let matches = (try? pattern.matches(in: bytes)) ?? []
                var result: [UInt8] = []
                var position = 0
                for match in matches {
                    result.append(contentsOf: bytes[position..<match.lowerBound])
                    result.append(contentsOf: content.utf8)
                    position = match.upperBound
                }
                result.append(contentsOf: bytes[position...])
                return String(decoding: result, as: UTF8.self)
            }
        }
    }
}
