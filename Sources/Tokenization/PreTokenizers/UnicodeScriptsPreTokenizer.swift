internal import OrderedJSON

/// Splits where the script changes; Han, Hiragana and Katakana count as one.
///
/// What goes with any script, such as a space or a combining mark, stays with what is before it. At the start of a text
/// nothing is before it, and it is left out, as the Rust tokenizers do.
struct UnicodeScriptsPreTokenizer: WordSplitter {
    /// The number of each scalar's script; 0 for what goes with any.
    private static let scripts: [UInt8] = {
        var scripts = [UInt8](repeating: 0, count: 0x110000)
        var reader = TableReader(UnicodeTables.script)
        reader.isGrouped = true
        while !reader.isAtEnd {
            let script = UInt8(truncatingIfNeeded: reader.readNumber().value)
            reader.readRuns { scalars in for scalar in scalars { scripts[scalar] = script } }
        }
        return scripts
    }()

    func split(_ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>]) {
        let scripts = Self.scripts
        text.bytes.withUnsafeBufferPointer { bytes in
            var start: Int?
            var last: UInt8 = 0
            var position = range.lowerBound
            while position < range.upperBound {
                let here = position
                let script = scripts[Int(UTF8Scalars.decode(bytes, &position))]
                guard script != 0, script != last else { continue }
                if let start { words.append(start..<here) }
                start = here
                last = script
            }
            if let start { words.append(start..<range.upperBound) }
        }
    }

    var json: JSONValue { ["type": "UnicodeScripts"] }
}
