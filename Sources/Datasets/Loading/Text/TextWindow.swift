/// Whole records of a text file that follow one another.
struct TextWindow {
    let file: String
    let bytes: UnsafeBufferPointer<UInt8>
    /// The number, from 1, of the physical line that the bytes start on; nil where lines mean nothing.
    let firstLine: Int?

    /// The rest from `place` on.
    func dropping(_ place: Int, firstLine: Int?) -> TextWindow {
        TextWindow(file: file, bytes: UnsafeBufferPointer(rebasing: bytes[place...]), firstLine: firstLine)
    }
}

/// A text format: how its rows are told apart, and how they become a table.
protocol TextParser {
    /// Takes in what stands at the beginning of a file, such as a header, and gives the number of its bytes.
    mutating func begin(_ window: TextWindow) throws -> Int
    /// Where the last record ends that is known to be whole, of bytes after which more may come; 0 for none.
    func wholeRecords(in bytes: UnsafeBufferPointer<UInt8>) -> Int
    /// The rows of a window; nil where there are none.
    /// - Parameter types: columns' types that are already known; the others are inferred.
    func table(_ window: TextWindow, types: [String: FeatureType]) throws -> ArrowTable?
    /// The types that the user asked for.
    func requestedTypes() throws -> [String: FeatureType]
    /// The last touch on a table whose types are those of all windows.
    func finished(_ table: ArrowTable, _ window: TextWindow) throws -> ArrowTable
    /// Whether a column of several types is read as text.
    var fallsBackOnText: Bool { get }
    /// Whether the columns may differ from window to window.
    var hasVaryingColumns: Bool { get }
    /// What rows are where in the file, for messages.
    var format: SourceFile.Format { get }
    /// What a file without rows is called in its error.
    var emptiness: String { get }
}

extension TextParser {
    /// Where the last whole record ends of a file's beginning, which is not whole before it holds more than line ends.
    func wholeBeginning(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let whole = wholeRecords(in: bytes)
        return bytes[..<whole].contains { ![0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } ? whole : 0
    }

    func finished(_ table: ArrowTable, _ window: TextWindow) throws -> ArrowTable { table }
    var hasVaryingColumns: Bool { false }
    var emptiness: String { "there are no rows" }
}
