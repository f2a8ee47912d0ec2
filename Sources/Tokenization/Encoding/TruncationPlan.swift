/// How many tokens of each text are kept.
struct TruncationPlan: Equatable {
    var first: Int
    /// 0 without a second text.
    var second: Int

    /// - Parameters:
    ///   - second: the length of the second text, nil where there is none.
    ///   - limit: the most tokens in all, special tokens not counted.
    init(first: Int, second: Int?, limit: Int, strategy: Truncation) throws(TokenizerError) {
        self.first = first
        self.second = second ?? 0
        let excess = first + self.second - limit
        guard strategy != .doNotTruncate, excess > 0 else { return }
        if limit == 0 {
            self.first = 0
            self.second = 0
            return
        }
        switch strategy {
        case .doNotTruncate: break
        case .longestFirst:
            guard let second else {
                self.first = limit
                return
            }
            let shorter = min(first, second)
            if limit - shorter < shorter {
                // Both are cut: the shorter one gets the smaller half.
                let half = limit / 2
                (self.first, self.second) = first <= second ? (half, limit - half) : (limit - half, half)
            } else if first <= second {
                self.second = limit - first
            } else {
                self.first = limit - second
            }
        case .onlyFirst:
            guard first > excess else {
                throw .truncation("\(excess) tokens must go, but the first text has only \(first)")
            }
            self.first = first - excess
        case .onlySecond:
            guard let second else { throw .truncation("only_second asks for a second text, and there is none") }
            guard second > excess else {
                throw .truncation("\(excess) tokens must go, but the second text has only \(second)")
            }
            self.second = second - excess
        }
    }
}
