/// Finds the names that someone may have meant.
enum NearestNames {
    /// At most three of `names`, the nearest first: few edits away, or containing what was typed as whole words.
    static func of(_ typed: String, among names: [String]) -> [String] {
        let words = typed.split(separator: "_")
        let scored = names.compactMap { name -> (distance: Int, name: String)? in
            let distance = editDistance(typed, name)
            if distance <= max(2, typed.count / 4) { return (distance, name) }
            let parts = name.split(separator: "_")
            let contained = typed.count >= 4 && words.allSatisfy(parts.contains)
            return contained ? (100 + parts.count - words.count, name) : nil
        }
        return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// Insertions, deletions and replacements that turn one string into the other.
    static func editDistance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
