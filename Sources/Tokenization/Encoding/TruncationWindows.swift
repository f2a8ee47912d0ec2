/// The parts that a text is cut into: the first is what is kept, the others what overflows.
struct TruncationWindows: Equatable {
    private(set) var ranges: [Range<Int>]

    /// - Parameters:
    ///   - total: how many tokens the text has.
    ///   - length: how many of them fit.
    ///   - stride: how many tokens neighbouring parts share.
    ///   - side: the end at which tokens are cut; the parts are counted from the other end.
    ///   - withOverflow: whether the parts behind the first are wanted.
    init(
        total: Int, length: Int, stride: Int, side: Side, withOverflow: Bool
    ) throws(TokenizerError) {
        guard length < total else {
            ranges = [0..<total]
            return
        }
        // Where nothing fits, the whole text overflows in one part.
        guard length > 0 else {
            ranges = withOverflow ? [0..<0, 0..<total] : [0..<0]
            return
        }
        guard stride < length else {
            throw .invalidArgument(
                "stride is \(stride), but must be less than the \(length) tokens that are left of the text beside "
                    + "special tokens; make stride smaller or maxLength larger")
        }
        ranges = [side == .right ? 0..<length : total - length..<total]
        guard withOverflow else { return }
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
    }
}
