import Datasets
import Foundation
import Testing

@Suite struct DelimitedTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func infersTypes() throws {
        let path = try folder.file("a.csv", "text,label,score,flag,gap\ngood,1,0.5,true,\nbad,0,2,false,3\n")
        let rows = try Dataset.fromCSV(path)
        #expect(rows.columnNames == ["text", "label", "score", "flag", "gap"])
        #expect(rows.features.map(\.type) == [.string, .int64, .float64, .bool, .int64])
        #expect(try rows.column("text") == ["good", "bad"])
        #expect(try rows.column("label") == [1, 0])
        #expect(try rows.column("score") == [0.5, 2.0])
        #expect(try rows.column("flag") == [true, false])
        #expect(try rows.column("gap") == [nil, 3] as [Int?])
    }

    @Test func stringColumnsAreReadAsTheyStand() throws {
        let cells = ["007", "2020-01-01", "NA", "null", "", "true", "1e5", " x ", "12:30:00", "nan", "-"]
        let path = try folder.file("a.csv", "id,text\n" + cells.enumerated().map { "\($0),\($1)\n" }.joined())
        var options = DelimitedOptions.csv
        options.stringColumns = ["text", "id", "absent"]
        let rows = try Dataset.fromCSV(path, options: options)
        #expect(try rows.column("text") == cells)
        #expect(try rows.column("id") == cells.indices.map(String.init))
    }

    @Test(arguments: ["007", "2020-01-01", "2020-01-01 10:00:00", "10:00", "NA", "true", "1.50"])
    func textColumnOfOneKindStaysText(_ cell: String) throws {
        let path = try folder.file("a.tsv", "text\tlabel\r\n" + String(repeating: "\(cell)\t1\r\n", count: 5))
        var options = DelimitedOptions.tsv
        options.stringColumns = ["text", "label"]
        let rows = try Dataset.fromTSV(path, options: options)
        #expect(try rows.column("text") == Array(repeating: cell, count: 5))
        #expect(try rows.column("label") == Array(repeating: "1", count: 5))
    }

    @Test func datesAreTextUnlessAsked() throws {
        let rows = try Dataset.fromCSV(try folder.file("a.csv", "day,at\n2020-01-01,10:00:00\n2020-01-02,11:00:00\n"))
        #expect(rows.features.map(\.type) == [.string, .string])
        #expect(try rows.column("day") == ["2020-01-01", "2020-01-02"])
    }

    @Test func quoting() throws {
        let text = "\u{FEFF}a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n\"two\r\nlines\",\"\"\r\n\r\nlast \"word\",z"
        let rows = try Dataset.fromCSV(try folder.file("a.csv", text))
        #expect(try rows.column("a") == ["x, y", "two\r\nlines", "last \"word\""])
        #expect(try rows.column("b") == ["say \"hi\"", "", "z"])
        #expect((0..<3).map { rows.sourceLocation(ofRow: $0)?.line } == [2, 3, 6])
    }

    @Test func tabsHaveNoQuoting() throws {
        let path = try folder.file("a.tsv", "text\tlabel\r\n\"open\tx\r\nsay \"hi\"\ty\r\n")
        let rows = try Dataset.fromTSV(path)
        #expect(try rows.column("text") == ["\"open", "say \"hi\""])
        #expect(try rows.column("label") == ["x", "y"])
        var options = DelimitedOptions.tsv
        options.quoting = true
        let quoted = try folder.file("b.tsv", "text\tlabel\n\"a\tb\"\tx\n")
        #expect(try Dataset.fromTSV(quoted, options: options).column("text") == ["a\tb"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func lineEnds(_ end: String) throws {
        for last in ["", end] {
            let path = try folder.file("a.tsv", ["text\tlabel", "one\tx", "two\ty"].joined(separator: end) + last)
            let rows = try Dataset.fromTSV(path)
            #expect(try rows.column("label") == ["x", "y"])
            #expect(rows.sourceLocation(ofRow: 1)?.line == 3)
        }
    }

    @Test func headerlessFile() throws {
        var options = DelimitedOptions.tsv
        options.columnNames = ["source", "label", "mark", "sentence"]
        options.columnTypes = ["label": .int32]
        let rows = try Dataset.fromTSV(
            try folder.file("a.tsv", "gj04\t1\t\tOne.\ngj04\t0\t*\tTwo.\n"), options: options)
        #expect(rows.numRows == 2)
        #expect(rows.features["label"] == .int32)
        #expect(try rows.column("label") == [1, 0])
        #expect(rows.sourceLocation(ofRow: 0)?.line == 1)
    }

    @Test func unnamedColumnIsCalledAsInPandas() throws {
        let rows = try Dataset.fromCSV(try folder.file("a.csv", ",text\n0,a\n"))
        #expect(rows.columnNames == ["Unnamed: 0", "text"])
    }

    @Test func rowsLongerThanABlock() throws {
        let long = String(repeating: "word ", count: 700_000)
        let path = try folder.file("a.csv", "text,label\nshort,0\n\(long),1\n\"\(long)\n\(long)\",2\n")
        let rows = try Dataset.fromCSV(path)
        let texts: [String] = try rows.column("text")
        #expect(texts.map(\.utf8.count) == [5, long.utf8.count, long.utf8.count * 2 + 1])
        #expect(rows.sourceLocation(ofRow: 2)?.line == 4)
    }

    @Test func manyBlocks() throws {
        let lines = (0..<120_000).map { "row number \($0) of the file,\($0 % 7)" }
        let rows = try Dataset.fromCSV(try folder.file("a.csv", "text,label\n" + lines.joined(separator: "\n")))
        #expect(rows.numRows == 120_000)
        for row in [0, 1, 59_999, 119_999] {
            let text: String = try rows[row]["text"]
            #expect(text == "row number \(row) of the file")
            #expect(try rows[row]["label"] == row % 7)
            #expect(rows.sourceLocation(ofRow: row)?.line == row + 2)
        }
    }

    @Test func namedPipeIsReadOnce() throws {
        let pipe = folder.url.appendingPathComponent("pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let writer = Thread { FileHandle(forWritingAtPath: pipe)?.write(Data("a,b\n1,x\n".utf8)) }
        writer.start()
        let rows = try Dataset.fromCSV(pipe)
        #expect(try rows.column("b") == ["x"])
        #expect(rows.sourceLocation(ofRow: 0) == SourceLocation(file: pipe, line: nil))
    }
}
