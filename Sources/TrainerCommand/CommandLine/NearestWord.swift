/// Finds the word that someone may have meant.
enum NearestWord {
    /// The nearest of `words` by edits, if it is near; the first in order among equals.
    static func of(_ typed: String, among words: some Collection<String>) -> String? {
        let nearest = words.sorted().map { (distance(typed, $0), $0) }.min { $0.0 < $1.0 }
        guard let (edits, word) = nearest, edits <= max(2, typed.count / 3) else { return nil }
        return word
    }

    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var next = [i + 1]
            for (j, b) in right.enumerated() {
                next.append(min(row[j] + (a == b ? 0 : 1), row[j + 1] + 1, next[j] + 1))
            }
            row = next
        }
        return row[right.count]
    }
}
