import Datasets
import Foundation
import Testing

/// Every malformed file ends in one line that names the file, the line and the column.
@Suite struct DelimitedErrorTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func error(_ text: String, tsv: Bool = false, _ options: DelimitedOptions? = nil) throws -> String {
        try error(Data(text.utf8), tsv: tsv, options)
    }

    private func error(_ bytes: Data, tsv: Bool = false, _ options: DelimitedOptions? = nil) throws -> String {
        let path = try folder.file("bad.csv", bytes)
        let text = message { _ = try Dataset.fromCSV(path, options: options ?? (tsv ? .tsv : .csv)) }
        let found = try #require(text)
        #expect(!found.contains("\n"))
        #expect(found.contains(path))
        return found.replacingOccurrences(of: folder.url.path + "/", with: "")
    }

    @Test func widths() throws {
        #expect(
            try error("text,label\na,1\n\nb\nc\n")
                == "bad.csv, line 4: 1 value where the header names 2 columns; add the missing values")
        #expect(
            try error("text,label\na,1\nb, c,1\n")
                == "bad.csv, line 3: 3 values where the header names 2 columns; "
                + "put values that hold the delimiter in double quotes")
        #expect(
            try error("text\tlabel\r\na\t1\r\nb\tc\t1\r\n", tsv: true).hasPrefix("bad.csv, line 3: 3 values where"))
        // A record over two lines before the bad one.
        #expect(try error("a,b\n\"x\ny\",1\nz\n").hasPrefix("bad.csv, line 4: 1 value"))
        let many = (0..<100_000).map { "row \($0),1\n" }.joined()
        #expect(try error("text,label\n" + many + "bad\n" + many).hasPrefix("bad.csv, line 100002: 1 value"))
    }

    @Test func quotes() throws {
        #expect(
            try error("a,b\n1,x\n2,\"y\n3,z\n")
                == "bad.csv, line 3, column 'b': a quoted value starts here and never ends; "
                + "add the closing quote, or turn quoting off")
        #expect(
            try error("a,b\n1,\"He said \"hi\" to me\"\n")
                == "bad.csv, line 2, column 'b': text follows a closing quote; "
                + "write quotes inside a quoted value twice, or turn quoting off")
        #expect(try error("\"a,b\n1,2\n").hasPrefix("bad.csv, line 1: a quoted value starts here"))
        #expect(try error("a,b\n1,\"").hasPrefix("bad.csv, line 2, column 'b': a quoted value"))
    }

    @Test func mistyped() throws {
        var options = DelimitedOptions.csv
        options.columnTypes = ["label": .int64]
        #expect(
            try error("text,label\na,1\nb,\nc,pos\n", options)
                == "bad.csv, line 4, column 'label': 'pos' is no int64; correct the value, or read the column as text")
        options.columnTypes = ["label": .int32]
        #expect(
            try error("text,label\na,3000000000\n", options).contains(
                "line 2, column 'label': '3000000000' is no int32"))
        options.columnTypes = ["label": .float64]
        #expect(try error("text,label\na,1.5\nb,1,5\n", options).contains("line 3: 3 values"))
        #expect(try error("text,label\na,1.5\nb,x\n", options).contains("line 3, column 'label': 'x' is no float64"))
        options.columnTypes = ["label": .bool]
        #expect(try error("text,label\na,true\nb,yes\n", options).contains("line 3, column 'label': 'yes' is no bool"))
    }

    @Test func bytes() throws {
        #expect(
            try error(Data("text,label\na,1\ncaf".utf8) + [0xE9] + Data(",1\n".utf8))
                == "bad.csv, line 3: byte 0xE9 is not UTF-8; save the file as UTF-8")
        #expect(try error(Data("a,b".utf8) + [0xFF]).contains("line 1: byte 0xFF is not UTF-8"))
        #expect(try error("text,label\na,1\r\nb\0,1\n").hasPrefix("bad.csv, line 3: a NUL byte; "))
        let utf16 = try #require("text,label\na,1\n".data(using: .utf16LittleEndian))
        #expect(try error(utf16).contains("UTF-16"))
    }

    @Test func nothingInIt() throws {
        #expect(try error("") == "bad.csv: the file is empty; give a file with at least one row")
        #expect(try error("\u{FEFF}").contains("the file is empty"))
        #expect(try error("\n\r\n\n").contains("the file holds empty lines only"))
        for header in ["text,label", "text,label\n", "text,label\r\n\r\n\n"] {
            #expect(try error(header).contains("there are no rows below the header"))
        }
    }

    @Test func names() throws {
        #expect(try error("text,label,text\na,1,b\n") == "bad.csv: two columns are named 'text'; rename one of them")
        var options = DelimitedOptions.csv
        options.columnTypes = ["lable": .int64]
        let path = try folder.file("a.csv", "text,label\na,1\n")
        #expect(
            message { _ = try Dataset.fromCSV(path, options: options) }
                == "there is no column 'lable'; the columns are 'text', 'label'")
        options = .csv
        options.delimiter = "é"
        #expect(
            message { _ = try Dataset.fromCSV(path, options: options) }?.contains("not one ASCII character") == true)
    }

    @Test func files() throws {
        let absent = folder.url.appendingPathComponent("absent.csv").path
        #expect(message { _ = try Dataset.fromCSV(absent) } == "can't read \(absent): there is no such file")
        #expect(message { _ = try Dataset.fromCSV(folder.url.path) }?.contains("it is a folder") == true)
        #expect(message { _ = try loadDataset(json: folder.url.path) }?.contains("it is a folder") == true)
    }

    @Test func missingValues() throws {
        let path = try folder.file("a.csv", "text,label\na,1\nb,\n,0\n")
        let rows = try Dataset.fromCSV(path)
        #expect(
            message { try rows.requireColumns(["text", "label"]) }
                == "\(path), line 3, column 'label': the value is missing; fill it in or remove the row")
        #expect(message { try rows.requireColumns(["text"]) } == nil)
        #expect(
            message { try rows.requireColumns(["text"], allowingEmpty: false) }?.contains("line 4, column 'text'")
                == true)
        #expect(
            message { try rows.requireColumns(["sentence"]) }
                == "there is no column 'sentence'; the columns are 'text', 'label'")
        // Where the rows came from survives reordering.
        let moved = rows.filter { row in row.index > 0 }.shuffle(seed: 1)
        #expect(message { try moved.requireColumns(["label"]) }?.contains("line 3, column 'label'") == true)
        #expect(message { let _: [Int] = try rows.column("label") }?.contains("line 3, column 'label'") == true)
    }
}
