/// The parts that a text is cut into.
struct TruncationWindows {
    /// How many tokens the text has.
    let total: Int
    /// How many of them fit.
    let length: Int
    /// How many tokens neighbouring parts share.
    let stride: Int
    /// The end at which tokens are cut; the parts are counted from the other end.
    let side: Side

    init(total: Int, length: Int, stride: Int, side: Side) throws(TokenizerError) {
        guard length >= total || length == 0 || stride < length else {
            throw .invalidArgument(
                "stride is \(stride), but must be less than the \(length) tokens that are left of the text beside "
                    + "special tokens; make stride smaller or maxLength larger")
        }
        self.total = total
        self.length = min(length, total)
        self.stride = stride
        self.side = side
    }

    /// What is kept.
    var first: Range<Int> { side == .right ? 0..<length : total - length..<total }

    /// What is kept, and behind it what overflows.
    var all: [Range<Int>] {
        var ranges = [first]
        guard length < total else { return ranges }
        // Where nothing fits, the whole text overflows in one part.
        guard length > 0 else { return ranges + [0..<total] }
        let step = length - stride
        switch side {
        case .right:
            while let last = ranges.last, last.upperBound < total {
                let start = last.lowerBound + step
                ranges.append(start..<min(start + length, total))
            }
        case .left:
            while let last = ranges.last, last.lowerBound > 0 {
                let end = last.upperBound - step
                ranges.append(max(0, end - length)..<end)
            }
        }
        return ranges
    }

    /// How many parts there are.
    var count: Int {
        guard length < total else { return 1 }
        return length == 0 ? 2 : 1 + (total - length + length - stride - 1) / (length - stride)
    }
}
