internal import CArrow
internal import Foundation

/// The second pass over a JSON Lines file: finds the first line that breaks it.
struct JSONLinesDiagnosis {
    let text: JSONLinesText
    let file: String
    /// The number of the text's first line in the file; nil where lines mean nothing.
    let firstLine: Int?

    /// Deeper than any value that a column can hold. Arrow builds nested values recursively, and tens of thousands of
    /// levels end the process.
    private static let nestingLimit: Int32 = 64

    /// - Throws: ``DatasetError/malformed(location:column:problem:remedy:)`` at the first line that Arrow's reader would
    ///   fall over, or let pass.
    func checkValues() throws {
        var line: Int64 = 0
        switch carrow_check_json(text.bytes.baseAddress, Int64(text.bytes.count), Self.nestingLimit, &line) {
        case CARROW_JSON_SOUND: return
        case CARROW_JSON_DEEP: throw malformed(Int(line), "values are nested too deeply", "give flat objects")
        case CARROW_JSON_NULL:
            throw malformed(Int(line), "not a JSON object but a JSON null", "each line holds one object")
        default: throw malformed(Int(line), "not valid JSON: invalid value", "correct the line")
        }
    }

    /// The error behind a failure of Arrow's reader, or, where that is nil, behind a number of rows that isn't the
    /// number of lines.
    func explain(_ failure: ArrowFailure?, fields: [String: FeatureType]) -> DatasetError {
        if let failure, failure.isMemory { return failure.asDatasetError }
        let starts = text.lineStarts()
        let lineCount = starts.count - 1
        if let blank = (0..<lineCount).first(where: { line in
            text.bytes[starts[line]..<starts[line + 1]].allSatisfy {
                $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D
            }
        }) {
            return malformed(blank + 1, "the line is empty", "remove it: each line holds one object")
        }
        // The shortest beginning of the file that can't be read ends in the line at fault.
        var good = 0
        var bad = lineCount
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if reads(0..<middle, starts, fields) { good = middle } else { bad = middle }
        }
        return explainLine(bad, after: good, starts: starts, fields: fields)
    }

    private func reads(_ lines: Range<Int>, _ starts: [Int], _ fields: [String: FeatureType]) -> Bool {
        (try? text.lines(lines, starts: starts).read(fields))?.rowCount == lines.count
    }

    private func explainLine(
        _ line: Int, after good: Int, starts: [Int], fields: [String: FeatureType]
    ) -> DatasetError {
        let alone = text.lines(line - 1..<line, starts: starts)
        do {
            let table = try alone.read(fields, onThreads: false)
            guard table.rowCount == 1 else {
                return malformed(
                    line, "the line holds \(table.rowCount) objects", "put each object on a line of its own")
            }
            // The line is sound, so it doesn't fit the ones before it.
            _ = try text.lines(0..<line, starts: starts).read(fields, onThreads: false)
            return malformed(line, "the line doesn't fit the lines before it", "give each key values of one type")
        } catch {
            if let change = TypeChange(error.message) {
                if change.column.isEmpty {
                    return malformed(line, "not a JSON object but a JSON \(change.new)", "each line holds one object")
                }
                return malformed(
                    line, "\(change.new) where \(change.old) is wanted", "give each key values of one type",
                    column: change.column)
            }
            if let column = differingColumn(line, after: good, starts: starts, fields: fields) {
                return malformed(
                    line, "the value's type is not that of the lines before", "give each key values of one type",
                    column: column)
            }
            return malformed(line, Self.plain(error.message), "correct the line")
        }
    }

    private func differingColumn(
        _ line: Int, after good: Int, starts: [Int], fields: [String: FeatureType]
    ) -> String? {
        guard good > 0, let alone = try? text.lines(line - 1..<line, starts: starts).read(fields, onThreads: false),
            let before = try? text.lines(0..<good, starts: starts).read(fields)
        else { return nil }
        return alone.names.enumerated().first { place, name in
            guard let known = before.names.firstIndex(of: name) else { return false }
            return before.columns[known].type != alone.columns[place].type && alone.columns[place].type != .null
                && before.columns[known].type != .null
        }?.element
    }

    /// Arrow's message without what means nothing to a reader: its prefix, and a row counted within a block.
    private static func plain(_ message: String) -> String {
        var text = Substring(message)
        if let prefix = text.range(of: "JSON parse error: ") { text = text[prefix.upperBound...] }
        if let row = text.range(of: " in row ") { text = text[..<row.lowerBound] }
        while text.last == "." { text.removeLast() }
        guard let first = text.first else { return "not valid JSON" }
        return "not valid JSON: " + first.lowercased() + Excerpt.of(String(text.dropFirst()), limit: 120)
    }

    private func malformed(_ line: Int, _ problem: String, _ remedy: String, column: String? = nil) -> DatasetError {
        .malformed(
            location: SourceLocation(file: file, line: firstLine.map { $0 - 1 + line }), column: column,
            problem: firstLine == nil ? "element \(line): \(problem)" : problem, remedy: remedy)
    }
}

/// Arrow's message `Column(/a) changed from string to number`, taken apart.
private struct TypeChange {
    let column: String
    let old: String
    let new: String

    init?(_ message: String) {
        guard let start = message.range(of: "Column("), let middle = message.range(of: ") changed from "),
            start.upperBound <= middle.lowerBound
        else { return nil }
        let path = message[start.upperBound..<middle.lowerBound]
        let isElement = path.hasSuffix("/[]")
        column = Excerpt.of(String((isElement ? path.dropLast(3) : path).drop { $0 == "/" }))
        let words = message[middle.upperBound...].split(separator: " ")
        guard words.count >= 3 else { return nil }
        let kinds = [words[0], words[2]].map { (isElement ? "a list of " : "") + $0 + (isElement ? "s" : "") }
        (old, new) = (kinds[0], kinds[1])
    }
}
