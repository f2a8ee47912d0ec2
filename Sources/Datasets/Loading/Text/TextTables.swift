/// Reads text files as tables of the same columns, though types are inferred window by window.
///
/// A window that widens a type after rows of narrower types have been handed on starts everything anew; from the second
/// time on, the types of all windows are found before any rows are handed on.
final class TextTables<Parser: TextParser> {
    private let inputs: [TextInput]
    private let makeParser: () throws -> Parser
    private let windowSize: Int
    private var union = TypeUnion()
    /// Whether rows have been handed on by the types as they are.
    private var hasHandedOn = false
    private var isSurvey = false

    private struct Widened: Error {}

    /// - Parameters:
    ///   - inputs: the files.
    ///   - windowSize: the bytes of a window, for those that aren't read as a whole.
    ///   - makeParser: a parser for the next file.
    init(
        _ inputs: [TextInput], windowSize: Int = TextWindowReader.windowSize,
        makeParser: @escaping () throws -> Parser
    ) {
        self.inputs = inputs
        self.windowSize = windowSize
        self.makeParser = makeParser
    }

    /// Hands the rows to `body`, file by file.
    /// - Parameter restart: called before rows are handed on from the beginning: those from before don't count.
    /// - Returns: the files, with the number of their rows.
    func read(restart: () throws -> Void, _ body: (ArrowTable) throws -> Void) throws -> [SourceFile] {
        for attempt in 0...3 {
            do {
                hasHandedOn = false
                isSurvey = attempt == 2
                if isSurvey { _ = try pass(body) }
                isSurvey = false
                try restart()
                return try pass(body)
            } catch is Widened {
                continue
            }
        }
        throw DatasetError.storage(problem: "the types of \(inputs.first?.path ?? "a file") change while it is read")
    }

    private func pass(_ body: (ArrowTable) throws -> Void) throws -> [SourceFile] {
        var sources: [SourceFile] = []
        for input in inputs {
            var parser = try makeParser()
            var rows = 0
            func take(_ parser: Parser, _ window: TextWindow) throws {
                guard let table = try table(parser, window) else { return }
                rows += table.rowCount
                if isSurvey { return }
                hasHandedOn = true
                try body(try parser.finished(table.ordered(union.names), window))
            }
            try TextWindowReader.read(input, windowSize: windowSize, &parser, take)
            guard rows > 0 else { throw DatasetError.noRows(path: input.path, problem: parser.emptiness) }
            sources.append(
                SourceFile(
                    path: input.path, isRegular: input.whole?.isRegular ?? true, rowCount: rows,
                    format: input.hasLines ? parser.format : .binary))
        }
        return sources
    }

    private func table(_ parser: Parser, _ window: TextWindow) throws -> ArrowTable? {
        let requested = try parser.requestedTypes()
        func read() throws -> ArrowTable? {
            try parser.table(window, types: requested.merging(union.types) { requested, _ in requested })
        }
        let changed: Bool
        do {
            guard let table = try read() else { return nil }
            changed = try merge(table, parser, window)
            if union.isSame(as: table), !(changed && hasHandedOn) { return table }
        } catch let error as DatasetError where !union.names.isEmpty {
            // The types of the windows before don't fit: what are this one's?
            guard let inferred = try parser.table(window, types: requested) else { return nil }
            changed = try merge(inferred, parser, window)
            if !changed { throw error }
        }
        if changed && hasHandedOn { throw Widened() }
        return try read()
    }

    private func merge(_ table: ArrowTable, _ parser: Parser, _ window: TextWindow) throws -> Bool {
        do {
            if !union.names.isEmpty, !parser.hasVaryingColumns {
                try union.requireColumns(table.names, file: window.file)
            }
            return try union.merge(table, fallsBackOnText: parser.fallsBackOnText)
        } catch DatasetError.typeMismatch(let column, _, _, let found, let wanted) {
            throw DatasetError.malformed(
                location: SourceLocation(file: window.file, line: nil), column: column,
                problem: "\(found) where \(wanted) is wanted\(window.firstLine.map { ", from line \($0) on" } ?? "")",
                remedy: "give each key values of one type")
        }
    }
}
