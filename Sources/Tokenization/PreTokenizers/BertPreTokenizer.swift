internal import OrderedJSON

/// BERT's words: whitespace is dropped, a punctuation mark is a word of its own.
struct BertPreTokenizer: WordSplitter {
    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        let table = CharacterClasses.shared.table
        let dropped = CharacterClass.whitespace.rawValue
        let ending = dropped | CharacterClass.punctuation.rawValue
        text.bytes.withUnsafeBufferPointer { bytes in
            var start = range.lowerBound
            var position = start
            while position < range.upperBound {
                let here = position
                let characterClass = table[Int(UTF8Scalars.decode(bytes, &position))]
                guard characterClass & ending != 0 else { continue }
                if start < here { words.append(start..<here) }
                if characterClass & dropped == 0 { words.append(here..<position) }
                start = position
            }
            if start < range.upperBound { words.append(start..<range.upperBound) }
        }
    }

    var json: JSONValue { ["type": "BertPreTokenizer"] }
}
