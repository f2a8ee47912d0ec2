import Foundation
import Testing

@testable import Datasets

/// Files that are cut into windows at every place give the rows of the whole file.
@Suite struct WindowTests {
    private func cells(_ generator: inout SplitMix, quoted: Bool) -> String {
        let pieces = quoted ? ["a", "é", "\"\"", ",", "\n", "\r\n", " ", "😀"] : ["a", "é", "b", " ", "😀"]
        return (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }.joined()
    }

    @Test(arguments: [true, false]) func delimited(_ quoted: Bool) throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix(state: quoted ? 1 : 2)
        for round in 0..<25 {
            let end = round % 2 == 0 ? "\n" : "\r\n"
            var text = round % 3 == 0 ? "\u{FEFF}n,t" : "n,t"
            for row in 0..<12 {
                let cell = cells(&generator, quoted: quoted)
                text += end + "\(row)," + (quoted ? "\"\(cell)\"" : "x" + cell)
                if Int.random(in: 0..<5, using: &generator) == 0 { text += end }
            }
            if round % 4 != 0 { text += end }
            let path = try folder.file("\(round).csv", text)
            var options = DelimitedOptions.csv
            options.stringColumns = ["t"]
            let whole = try Dataset.fromCSV(path, options: options)
            for size in [1, 2, 3, 7, 16, 40] {
                let source = TextSource(path: path, windowSize: size) { [options] in
                    try DelimitedParser(options: options)
                }
                let rows = try IterableDataset(SourceStream(sources: [source])).collect()
                #expect(try rows.column("n") as [Int] == whole.column("n"), "round \(round), window \(size)")
                #expect(try rows.column("t") as [String] == whole.column("t"), "round \(round), window \(size)")
                #expect(
                    rows.sourceLocation(ofRow: 11) == whole.sourceLocation(ofRow: 11), "round \(round), window \(size)")
            }
        }
    }

    /// Nothing is known of a file before more than its empty first lines is read.
    @Test func emptyLinesBeforeTheHeader() throws {
        let folder = try TemporaryFolder()
        for start in ["", "\n", "\r\n\n\r", "\u{FEFF}\n\n"] {
            let path = try folder.file("a.csv", start + "a long name,another\n1,2\n\n3,4\n")
            for size in 1...40 {
                let source = TextSource(path: path, windowSize: size) { try DelimitedParser(options: .csv) }
                let streamed = try IterableDataset(SourceStream(sources: [source])).collect()
                let sink = TableSink(path: nil, features: nil)
                let input = try TextInput(path: path, inMemory: false, limit: .max)
                let files = try TextTables([input], windowSize: size) { try DelimitedParser(options: .csv) }
                    .read(restart: { sink.restart() }, { try sink.append($0) })
                for rows in [streamed, try sink.dataset(described: nil, files: files)] {
                    #expect(
                        rows.columnNames == ["a long name", "another"], "\(start.debugDescription), window \(size)")
                    #expect(try rows.column("another") == [2, 4])
                }
            }
        }
    }

    @Test func jsonLinesAndResuming() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "a.jsonl", (0..<30).map { "{\"n\": \($0), \"s\": \"\(String(repeating: "é", count: $0 % 7))\"}\n" }.joined()
        )
        let whole = try Dataset.fromJSON(path)
        for size in [1, 10, 64, 300] {
            let source = TextSource(path: path, windowSize: size) { try JSONLinesParser(options: JSONLinesOptions()) }
            let stream = IterableDataset(SourceStream(sources: [source]))
            let rows = try stream.collect()
            #expect(rows.features == whole.features)
            #expect(try rows.column("s") as [String] == whole.column("s"))
            #expect(rows.sourceLocation(ofRow: 29)?.line == 30)
            for count in [0, 1, 13, 29, 30] {
                let iterator = try stream.makeIterator()
                for _ in 0..<count { _ = try iterator.next() }
                var resumed = stream
                resumed.loadStateDict(iterator.stateDict())
                let next: Int? = try resumed.makeIterator().next()?["n"]
                #expect(next == (count < 30 ? count : nil), "window \(size), after \(count)")
            }
        }
    }
}
