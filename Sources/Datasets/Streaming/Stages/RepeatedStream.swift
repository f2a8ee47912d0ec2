internal import OrderedJSON

/// The rows of a stage several times, or without end.
struct RepeatedStream: DerivedStream {
    let source: any RowStream
    /// nil: without end.
    let times: Int?

    func with(source: any RowStream) -> any RowStream { RepeatedStream(source: source, times: times) }

    func open(at state: JSONValue?) throws -> any RowCursor {
        let cursor = try source.open(at: try state?.part("source"))
        return Cursor(source, cursor, times: times, round: try state?.number("round") ?? 0)
    }

    private final class Cursor: RowCursor {
        private let stream: any RowStream
        private var source: any RowCursor
        private let times: Int?
        private var round: Int
        /// Whether this round began at the first row and gave none so far.
        private var isEmpty = false

        init(_ stream: any RowStream, _ source: any RowCursor, times: Int?, round: Int) {
            self.stream = stream
            self.source = source
            self.times = times
            self.round = round
        }

        var state: JSONValue { ["source": source.state, "round": .int(round)] }

        func next(limit: Int) throws -> Dataset? {
            while times.map({ round < $0 }) ?? true {
                if let rows = try source.next(limit: limit) {
                    isEmpty = false
                    return rows
                }
                // A whole round without a row: there will never be one.
                if isEmpty, times == nil { return nil }
                isEmpty = true
                round += 1
                source = try stream.open(at: nil)
            }
            return nil
        }
    }
}
