import Datasets
import Foundation
import Testing

@Suite struct FileStreamTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// Enough rows for several blocks of 1 MiB.
    private func jsonLines(_ name: String, rows: Range<Int>) throws -> String {
        let padding = String(repeating: "é, \\\"x\\\" ", count: 30)
        return try folder.file(
            name, rows.map { "{\"n\": \($0), \"text\": \"\(padding)\($0)\", \"list\": [\($0)]}\n" }.joined())
    }

    @Test func severalBlocksAreTheWholeFile() throws {
        let path = try jsonLines("a.jsonl", rows: 0..<8_000)
        let whole = try Dataset.fromJSONLines(path)
        let stream = IterableDataset.fromJSONLines([path])
        let streamed = try stream.collect()
        #expect(streamed.features == whole.features)
        #expect(try streamed.column("n") as [Int] == whole.column("n"))
        #expect(try streamed.column("text") as [String] == whole.column("text"))
        #expect(streamed.sourceLocation(ofRow: 7_999)?.line == 8_000)
        let iterator = try stream.makeIterator()
        for _ in 0..<25 { _ = try iterator.nextBatch(of: 200) }
        var resumed = stream
        resumed.loadStateDict(iterator.stateDict())
        #expect(try resumed.makeIterator().next()?["n"] == 5_000)
    }

    @Test(arguments: [true, false]) func delimitedBlocks(_ quoting: Bool) throws {
        let cell = quoting ? "\"line\r\nend, \"\"quoted\"\" \(String(repeating: "z", count: 120))\"" : "plain"
        let count = quoting ? 12_000 : 90_000
        let text = "n,text,x\r\n" + (0..<count).map { "\($0),\(cell),0.5\r\n" }.joined()
        let path = try folder.file("a.csv", text)
        let whole = try Dataset.fromCSV(path)
        let streamed = try IterableDataset.fromCSV([path]).collect()
        #expect(streamed.features == whole.features)
        #expect(try streamed.column("n") == Array(0..<count))
        #expect(try streamed[count - 1]["text"] as String == whole[count - 1]["text"])
        #expect(streamed.sourceLocation(ofRow: count - 1) == whole.sourceLocation(ofRow: count - 1))
    }

    @Test func smallFiles() throws {
        let csv = try folder.file("a.csv", "\u{FEFF}a,b\n1,x\n\n2,y")
        let rows = try IterableDataset.fromCSV([csv, csv]).collect()
        #expect(rows.columnNames == ["a", "b"])
        #expect(try rows.column("a") == [1, 2, 1, 2])
        #expect(rows.sourceLocation(ofRow: 3)?.line == 4)
        let tsv = try folder.file("a.tsv", "t\n\"quote\n")
        #expect(try IterableDataset.fromTSV([tsv]).collect().column("t") == ["\"quote"])
        let text = try folder.file("a.txt", "one\r\n\nthree")
        #expect(try IterableDataset.fromText([text]).collect().column("text") == ["one", "", "three"])
        let lines = try folder.file("a.jsonl", "{\"a\": 1}\n{\"a\": 2}\n\n  \n")
        #expect(try IterableDataset.fromJSONLines([lines]).collect().column("a") == [1, 2])
        let more = try folder.file("b.jsonl", "{\"a\": 3}\n")
        let splits = try loadDataset(json: ["train": [lines], "test": [lines, more]], streaming: true)
        #expect(splits.splitNames == ["train", "test"])
        #expect(try splits["test"].collect().numRows == 3)
        #expect(throws: DatasetError.self) { try splits.split("dev") }
        #expect(throws: DatasetError.self) { try loadDataset(csv: ["train": ["/nowhere.csv"]], streaming: true) }
        // Python's `streaming=False`.
        #expect(throws: DatasetError.self) { try loadDataset(json: ["train": [lines]], streaming: false) }
    }

    @Test func listsAndFieldsOfJSONStreamToo() throws {
        let objects = (0..<40_000).map { "{\"a\": \($0), \"s\": \"\(String(repeating: "x", count: 40))\"}" }
        let list = try folder.file("list.json", " [\n" + objects.joined(separator: ",\n") + "]")
        let field = try folder.file("field.json", "{\"v\": 1, \"data\": [" + objects.joined(separator: ",") + "]}")
        let streams = [
            IterableDataset.fromJSONLines([list]),
            IterableDataset.fromJSONLines([field], options: JSONLinesOptions(field: "data")),
        ]
        for stream in streams {
            #expect(try stream.collect().column("a") == Array(0..<40_000))
            // Gone on with from the midst.
            let iterator = try stream.makeIterator()
            for _ in 0..<30_000 { _ = try iterator.next() }
            var rest = stream
            rest.loadStateDict(iterator.stateDict())
            #expect(try rest.makeIterator().next()?["a"] == 30_000)
        }
        #expect(throws: DatasetError.self) {
            try IterableDataset.fromJSONLines([list], options: JSONLinesOptions(field: "data")).forEach { _ in }
        }
    }

    @Test func columnsThatAreNotWantedDoNotMatter() throws {
        let good = String(repeating: "{\"id\": 1, \"text\": \"\(String(repeating: "y", count: 80))\"}\n", count: 15_000)
        let path = try folder.file("mixed.jsonl", good + "{\"id\": \"x\", \"text\": \"last\", \"late\": [1]}\n")
        #expect(throws: DatasetError.self) { try IterableDataset.fromJSONLines([path]).collect() }
        let options = JSONLinesOptions(stringColumns: ["text"], columns: ["text"])
        let rows = try IterableDataset.fromJSONLines([path], options: options).collect()
        #expect(rows.columnNames == ["text"])
        #expect(try rows[15_000]["text"] == "last")
        #expect(try Dataset.fromJSON([path], options: options).columnNames == ["text"])
    }

    @Test func errorsNameFileAndLine() throws {
        func fails(_ stream: IterableDataset, _ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation)
        {
            let message = message { _ = try stream.collect() }
            #expect(message?.contains(text) == true, "\(message ?? "no error")", sourceLocation: sourceLocation)
        }
        let good = String(repeating: "{\"a\": 1, \"s\": \"\(String(repeating: "x", count: 80))\"}\n", count: 15_000)
        let bad = try folder.file("bad.jsonl", good + "{\"a\": }\n" + good)
        fails(IterableDataset.fromJSONLines([bad]), "bad.jsonl, line 15001")
        let typed = try folder.file("typed.jsonl", good + "{\"a\": \"text\", \"s\": \"x\"}\n")
        fails(IterableDataset.fromJSONLines([typed]), "typed.jsonl, line 15001")
        let late = try folder.file("late.jsonl", good + "{\"a\": 1, \"s\": \"x\", \"new\": 3}\n")
        fails(IterableDataset.fromJSONLines([late]), "line 15001, column 'new'")
        let named = try IterableDataset.fromJSONLines(
            [late], options: JSONLinesOptions(columnTypes: ["new": .int64])
        ).collect()
        #expect(try named[15_000]["new"] == 3)
        let cells = try folder.file("a.csv", "a,b\n" + String(repeating: "12345,abcdefgh\n", count: 80_000) + "1,2,3\n")
        fails(IterableDataset.fromCSV([cells]), "a.csv, line 80002: 3 values where")
        let mistyped = try folder.file(
            "b.csv", "a,b\n" + String(repeating: "12345,abcdefgh\n", count: 80_000) + "x,2\n")
        fails(IterableDataset.fromCSV([mistyped]), "b.csv, line 80002, column 'a': 'x' is no int64")
        let open = try folder.file("c.csv", "a\n1\n\"never closed\n")
        fails(IterableDataset.fromCSV([open]), "c.csv, line 3")
        fails(IterableDataset.fromCSV([try folder.file("d.csv", "")]), "d.csv: the file is empty")
        fails(IterableDataset.fromCSV([try folder.file("e.csv", "a,b\n")]), "e.csv: ")
        fails(IterableDataset.fromJSONLines([try folder.file("f.jsonl", "\n\n")]), "empty lines only")
        fails(
            IterableDataset.fromText([try folder.file("g.txt", Data([0x61, 0xFF, 0x0A]))]), "g.txt, line 1: byte 0xFF")
        fails(IterableDataset.fromText([folder.url.path]), "it is a folder")
    }

    @Test func tableFiles() throws {
        let rows = try Dataset.from(dictionary: ["n": Array(0..<20_000), "s": (0..<20_000).map { "\($0)" }])
            .castColumn("n", to: .int32)
        let path = folder.url.appendingPathComponent("a.arrow").path
        let writer = try ArrowFileWriter(path: path, features: rows.features)
        try writer.append(rows)
        try writer.close()
        let stream = IterableDataset.fromArrow([path, path])
        #expect(stream.numShards == 2)
        let all = try stream.collect()
        #expect(all.numRows == 40_000 && all.features == rows.features)
        let iterator = try stream.makeIterator()
        _ = try iterator.nextBatch(of: 33_333)
        var resumed = stream
        resumed.loadStateDict(iterator.stateDict())
        #expect(try resumed.makeIterator().next()?["n"] == 13_333)
        let parquet = TestData.shared.appendingPathComponent("data/parquet-testing/data/alltypes_plain.parquet").path
        if FileManager.default.fileExists(atPath: parquet) {
            let some = try IterableDataset.fromParquet([parquet], columns: ["id", "double_col"]).collect()
            #expect(some.columnNames == ["id", "double_col"] && some.numRows == 8)
        }
    }
}
