/// SQuAD's view of an answer: lower case, without ASCII punctuation, the words a, an and the, and surplus white space.
enum AnswerText {
    /// Compared scalar by scalar, as Python does: Swift's strings take composed and decomposed letters for equal.
    typealias Word = [Unicode.Scalar]

    /// The words that are left.
    static func tokens(_ answer: String) -> [Word] {
        let kept = answer.lowercased().unicodeScalars.filter { !punctuation.contains($0) }
        let text = withoutArticles(String(String.UnicodeScalarView(kept)))
        // Python's str.split.
        return text.unicodeScalars.split { isSpace($0) }.map { Array($0) }
    }

    private static let punctuation: Set<Unicode.Scalar> = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars)

    /// Each article that stands as a word becomes a space.
    private static func withoutArticles(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var word = String.UnicodeScalarView()
        func endWord() {
            let isArticle = ["a", "an", "the"].contains(String(word))
            if isArticle { result.append(" ") } else { result.append(contentsOf: word) }
            word = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            if isWordCharacter(scalar) {
                word.append(scalar)
            } else {
                endWord()
                result.append(scalar)
            }
        }
        endWord()
        return String(result)
    }

    /// Python's `\w`: letters, numbers, and the underscore (which is punctuation, and gone by then).
    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    /// Python's `str.isspace`.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        (0x1C...0x1F).contains(scalar.value) || scalar.properties.isWhitespace
    }
}
