internal import OrderedJSON

/// Joins tokens that stand for single bytes (`<0x41>`) to characters.
struct ByteFallbackDecoder: TokenDecoder {
    func decodeChain(_ tokens: [String]) -> [String] {
        var parts: [String] = []
        var bytes: [UInt8] = []
        func flush() {
            if let text = String(validating: bytes, as: UTF8.self) {
                if !bytes.isEmpty { parts.append(text) }
            } else {
                // Bytes that are no UTF-8 together become a replacement character each.
                parts.append(contentsOf: repeatElement("\u{FFFD}", count: bytes.count))
            }
            bytes.removeAll(keepingCapacity: true)
        }
        for token in tokens {
            if let byte = ByteToken.byte(token) {
                bytes.append(byte)
            } else {
                flush()
                parts.append(token)
            }
        }
        flush()
        return parts
    }

    var json: JSONValue { ["type": "ByteFallback"] }
}
