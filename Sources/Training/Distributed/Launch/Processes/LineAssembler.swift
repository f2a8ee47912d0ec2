/// Makes whole lines of the pieces that come through a pipe.
///
/// A progress bar that is drawn over and over with carriage returns becomes one line, its last state.
struct LineAssembler {
    /// Longer lines are cut into several.
    static let longest = 1 << 16

    private var partial: [UInt8] = []
    private var endsInReturn = false

    /// - Parameter onLine: Gets each line that is complete now, without its end.
    mutating func add(_ bytes: some Sequence<UInt8>, _ onLine: (ArraySlice<UInt8>) -> Void) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                endsInReturn = false
                onLine(partial[...])
                partial.removeAll(keepingCapacity: true)
                continue
            }
            if endsInReturn {
                partial.removeAll(keepingCapacity: true)
                endsInReturn = false
            }
            if byte == UInt8(ascii: "\r") {
                endsInReturn = true
                continue
            }
            partial.append(byte)
            if partial.count == Self.longest {
                onLine(partial[...])
                partial.removeAll(keepingCapacity: true)
            }
        }
    }

    /// The stream has ended; what there is of a line is one.
    mutating func finish(_ onLine: (ArraySlice<UInt8>) -> Void) {
        if !partial.isEmpty { onLine(partial[...]) }
        partial = []
    }
}

/// The last lines of a stream.
struct LastLines {
    static let most = 20
    private static let widest = 2_000
    private(set) var lines: [String] = []

    mutating func add(_ line: ArraySlice<UInt8>) {
        if lines.count == Self.most { lines.removeFirst() }
        lines.append(String(decoding: line.prefix(Self.widest), as: UTF8.self))
    }
}
