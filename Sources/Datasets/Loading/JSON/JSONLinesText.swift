internal import CArrow

/// The text of a JSON Lines file, without white space at its end, and Arrow's readings of it.
struct JSONLinesText {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ text: UnsafeBufferPointer<UInt8>) {
        var end = text.count
        while end > 0, [0x20, 0x09, 0x0A, 0x0D].contains(text[end - 1]) { end -= 1 }
        bytes = UnsafeBufferPointer(rebasing: text[..<end])
    }

    private init(lines: UnsafeBufferPointer<UInt8>) { bytes = lines }

    var lineCount: Int { bytes.isEmpty ? 0 : bytes.count { $0 == 0x0A } + 1 }

    /// The first line alone.
    var firstLine: JSONLinesText {
        JSONLinesText(lines: UnsafeBufferPointer(rebasing: bytes[..<(bytes.firstIndex(of: 0x0A) ?? bytes.count)]))
    }

    /// Where each line starts, and the end of the text.
    func lineStarts() -> [Int] {
        var starts = [0]
        for (place, byte) in bytes.enumerated() where byte == 0x0A { starts.append(place + 1) }
        return starts + [bytes.count]
    }

    func lines(_ range: Range<Int>, starts: [Int]) -> JSONLinesText {
        JSONLinesText(
            lines: UnsafeBufferPointer(rebasing: bytes[starts[range.lowerBound]..<starts[range.upperBound]]))
    }

    /// - Parameters:
    ///   - fields: Types that are asked for.
    ///   - onlyThese: Whether other columns are skipped.
    func read(
        _ fields: [String: FeatureType], onlyThese: Bool = false, onThreads: Bool = true
    ) throws(ArrowFailure) -> ArrowTable {
        let requested = ArrowFields(Features(fields))
        return try ArrowTable.retryingWithLargerBlocks(size: bytes.count) { block, result, message in
            carrow_read_json(
                bytes.baseAddress, Int64(bytes.count), requested.root.children, requested.root.child_count, onlyThese,
                onThreads, block, result, message)
        }
    }
}
