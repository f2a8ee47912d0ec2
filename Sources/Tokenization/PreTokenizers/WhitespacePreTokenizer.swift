internal import OrderedJSON

/// Runs of word characters, and runs of anything else but whitespace (`\w+|[^\w\s]+`).
struct WhitespacePreTokenizer: WordSplitter {
    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        let classes = PatternClasses.shared
        text.bytes.withUnsafeBufferPointer { bytes in
            var start = range.lowerBound
            var position = start
            var current: PatternClass?
            while position < range.upperBound {
                let here = position
                let kind = classes[UTF8Scalars.decode(bytes, &position)].intersection([.word, .space])
                guard kind != current else { continue }
                if let current, !current.contains(.space) { words.append(start..<here) }
                current = kind
                start = here
            }
            if let current, !current.contains(.space) { words.append(start..<range.upperBound) }
        }
    }

    var json: JSONValue { ["type": "Whitespace"] }
}
