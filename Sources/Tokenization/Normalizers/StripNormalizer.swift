internal import OrderedJSON

/// Takes the whitespace at the ends away.
struct StripNormalizer: Normalizer {
    let left: Bool
    let right: Bool

    init(left: Bool, right: Bool) {
        self.left = left
        self.right = right
    }

    init(_ node: PipelineNode) throws(TokenizerError) {
        self.init(left: try node.required("strip_left").bool(), right: try node.required("strip_right").bool())
    }

    func normalize(_ text: inout NormalizedText) {
        let classes = CharacterClasses.shared
        let kept = text.bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while left, start < bytes.count {
                var position = start
                guard classes[UTF8Scalars.decode(bytes, &position)].contains(.whitespace) else { break }
                start = position
            }
            var end = bytes.count
            while right, end > start {
                var first = end - 1
                while first > start, bytes[first] & 0xC0 == 0x80 { first -= 1 }
                var position = first
                guard classes[UTF8Scalars.decode(bytes, &position)].contains(.whitespace) else { break }
                end = first
            }
            return start..<end
        }
        guard kept.count < text.bytes.count else { return }
        text = text.slice(kept)
    }

    var json: JSONValue { ["type": "Strip", "strip_left": .bool(left), "strip_right": .bool(right)] }
}
