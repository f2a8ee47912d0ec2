extension DemoCorpus {
    /// The rows as CSV (RFC 4180) with the columns `text` and `label`, as `trainer train --train-file` reads them.
    static func csv(_ examples: [Example]) -> String {
        var lines = "text,label\n"
        for example in examples {
            lines += quoted(example.text) + "," + quoted(example.label) + "\n"
        }
        return lines
    }

    private static func quoted(_ field: String) -> String {
        // By scalars: CR LF is a single Character, which equals neither.
        let isPlain = field.unicodeScalars.allSatisfy { $0 != "," && $0 != "\"" && $0 != "\n" && $0 != "\r" }
        if isPlain { return field }
        var doubled = "\""
        for character in field {
            doubled.append(character)
            if character == "\"" { doubled.append(character) }
        }
        return doubled + "\""
    }
}
