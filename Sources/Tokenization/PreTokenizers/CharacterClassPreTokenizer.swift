internal import OrderedJSON

/// Splits by character class: whitespace is dropped, a punctuation mark is a word of its own.
struct CharacterClassPreTokenizer: WordSplitter {
    enum Kind: Sendable {
        /// Both.
        case bert
        case whitespaceSplit
        /// Punctuation alone; whitespace stays in the words.
        case punctuation
    }

    let kind: Kind
    private let dropped: CharacterClass
    private let isolated: CharacterClass
    private let classes = CharacterClasses.shared

    init(kind: Kind) {
        self.kind = kind
        dropped = kind == .punctuation ? [] : .whitespace
        isolated = kind == .whitespaceSplit ? [] : .punctuation
    }

    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        text.bytes.withUnsafeBufferPointer { bytes in
            classes.table.withUnsafeBufferPointer { table in
                let ending = dropped.union(isolated).rawValue
                var start = range.lowerBound
                var position = start
                while position < range.upperBound {
                    let here = position
                    let scalar = UTF8Scalars.decode(bytes, &position)
                    let characterClass = table[Int(scalar)]
                    guard characterClass & ending != 0 else { continue }
                    if start < here { words.append(start..<here) }
                    if characterClass & dropped.rawValue == 0 { words.append(here..<position) }
                    start = position
                }
                if start < range.upperBound { words.append(start..<range.upperBound) }
            }
        }
    }

    var json: JSONValue {
        switch kind {
        case .bert: ["type": "BertPreTokenizer"]
        case .whitespaceSplit: ["type": "WhitespaceSplit"]
        case .punctuation: ["type": "Punctuation", "behavior": "Isolated"]
        }
    }
}
