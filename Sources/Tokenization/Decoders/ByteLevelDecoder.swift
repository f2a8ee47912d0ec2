internal import OrderedJSON

/// Turns the characters of `ByteAlphabet` back into bytes; what is not valid UTF-8 then becomes U+FFFD.
struct ByteLevelDecoder: TokenDecoder {
    /// The members of `tokenizer.json`, which have no effect on decoding; kept for saving.
    let json: JSONValue

    init() { json = ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true] }

    init(_ node: PipelineNode) throws(TokenizerError) { json = try ByteLevelPreTokenizer(node).json }

    func decodeChain(_ tokens: [String]) -> [String] {
        var bytes: [UInt8] = []
        for token in tokens {
            let start = bytes.count
            for scalar in token.unicodeScalars {
                guard let byte = ByteAlphabet.byte(scalar) else {
                    // A token of other characters, such as an added one, stands for itself.
                    bytes.removeLast(bytes.count - start)
                    bytes.append(contentsOf: token.utf8)
                    break
                }
                bytes.append(byte)
            }
        }
        return [String(decoding: bytes, as: UTF8.self)]
    }
}
