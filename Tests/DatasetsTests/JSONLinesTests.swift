import Datasets
import Foundation
import Testing

@Suite struct JSONLinesTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func load(_ text: String, _ options: JSONLinesOptions = JSONLinesOptions()) throws -> Dataset {
        try Dataset.fromJSONLines(try folder.file("a.jsonl", text), options: options)
    }

    private func error(_ text: String, _ options: JSONLinesOptions = JSONLinesOptions()) throws -> String {
        let found = try #require(message { _ = try load(text, options) })
        #expect(!found.contains("\n"))
        return found.replacingOccurrences(of: folder.url.path + "/", with: "")
    }

    /// Arrow's reader follows nowhere there.
    @Test func nullsAreNoObjects() throws {
        for text in ["null", "null\n{\"a\": 1}", "  null\n1", "null}\nx"] {
            #expect(try error(text) == "a.jsonl, line 1: not a JSON object but a JSON null; each line holds one object")
        }
        #expect(try error("{\"a\": 1}\n\tnull\n").hasPrefix("a.jsonl, line 2: not a JSON object but a JSON null"))
        let list = try folder.file("a.json", "[{\"a\": null}, null, 1, \"1\", {}]")
        #expect(message { _ = try Dataset.fromJSON(list) }?.contains("element 2: not a JSON object") == true)
    }

    @Test func types() throws {
        let rows = try load(
            """
            {"text": "gut \\u00e4 \\n", "label": 1, "score": 0.5, "ok": true, "ids": [1, 2], "tags": ["a"], "w": [0.5], "none": []}
            {"text": "", "label": null, "score": 2, "ok": false, "ids": [], "tags": ["b", "c"], "w": [1, 2], "none": []}

            """)
        #expect(rows.columnNames == ["text", "label", "score", "ok", "ids", "tags", "w", "none"])
        #expect(try rows.column("text") == ["gut ä \n", ""])
        #expect(try rows.column("label") == [1, nil] as [Int?])
        #expect(try rows.column("score") == [0.5, 2])
        #expect(try rows.column("ok") == [true, false])
        #expect(try rows.column("ids") == [[1, 2], []] as [[Int]])
        #expect(try rows.column("ids") == [[1, 2], []] as [[Int32]])
        #expect(try rows.column("tags") == [["a"], ["b", "c"]])
        #expect(try rows.column("w") == [[0.5], [1, 2]] as [[Double]])
        #expect(try rows.column("none") == [[], []] as [[String]])
        #expect(rows.sourceLocation(ofRow: 1)?.line == 2)
    }

    @Test func textIsNeverATimeStamp() throws {
        let lines = #"{"text": "2020-01-01", "days": ["2020-01-01"]}"# + "\r\n"
        for options in [JSONLinesOptions(), JSONLinesOptions(stringColumns: ["text"])] {
            let rows = try load("\u{FEFF}" + lines + lines, options)
            #expect(try rows.column("text") == ["2020-01-01", "2020-01-01"])
            #expect(try rows.column("days") == [["2020-01-01"], ["2020-01-01"]])
            #expect(rows.columnNames == ["text", "days"])
        }
    }

    @Test func stringColumnsTakeTheTextOfNumbers() throws {
        let options = JSONLinesOptions(stringColumns: ["label", "text"])
        let rows = try load(
            "{\"id\": 1, \"label\": 7, \"text\": \"a\"}\n{\"id\": 2, \"label\": 0, \"text\": \"b\"}", options)
        #expect(rows.columnNames == ["id", "label", "text"])
        #expect(try rows.column("label") == ["7", "0"])
    }

    @Test func missingKeyIsNull() throws {
        let rows = try load(
            "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\"}\n{\"label\": 2, \"text\": \"c\", \"more\": 1}\n")
        #expect(try rows.column("label") == [1, nil, 2] as [Int?])
        #expect(try rows.column("more") == [nil, nil, 1] as [Int?])
        #expect(message { try rows.requireColumns(["text"]) } == nil)
        #expect(
            message { try rows.requireColumns(["label"]) }?.contains(
                "a.jsonl, line 2, column 'label': the value is missing") == true)
    }

    @Test func malformed() throws {
        let good = #"{"text": "a", "label": 1}"# + "\n"
        #expect(
            try error(good + "\n" + good) == "a.jsonl, line 2: the line is empty; remove it: each line holds one object"
        )
        #expect(
            try error(good + "[1]\n" + good)
                == "a.jsonl, line 2: not a JSON object but a JSON array; each line holds one object")
        #expect(try error("7\n").contains("line 1: not a JSON object but a JSON number"))
        #expect(try error("[[{\"text\": 1}]]\n").contains("element 1: not a JSON object but a JSON array"))
        #expect(
            try error(good + good + good + "{\"text\": \"a\", }\n" + good).hasPrefix(
                "a.jsonl, line 4: not valid JSON: missing a name"))
        #expect(try error(good + "{\"text\": \"a\"").hasPrefix("a.jsonl, line 2: not valid JSON: missing a comma"))
        #expect(
            try error(good + "{\"text\": \"a").hasPrefix(
                "a.jsonl, line 2: not valid JSON: missing a closing quotation mark"))
        #expect(
            try error(good + good.dropLast() + good)
                == "a.jsonl, line 2: the line holds 2 objects; put each object on a line of its own")
        #expect(try error("{\n\"text\": \"a\"\n}\n").hasPrefix("a.jsonl, line 1: not valid JSON"))
        #expect(
            try error(good + #"{"text": "a", "text": "b"}"#).contains(
                "line 2: not valid JSON: column(/text) was specified twice"))
        #expect(try error("{}\n{}\n").contains("the objects are empty"))
        #expect(try error(" \n\n").contains("empty lines only"))
        #expect(try error("").contains("the file is empty"))
        #expect(try error("{\"a\": \"\0\"}\n").contains("line 1: a NUL byte"))
    }

    @Test func mixedTypes() throws {
        let good = #"{"text": "a", "label": 1, "ids": [1]}"# + "\n"
        #expect(
            try error(good + #"{"text": "a", "label": "x"}"#)
                == "a.jsonl, line 2, column 'label': string where number is wanted; give each key values of one type")
        #expect(
            try error(good + #"{"ids": ["x"]}"#)
                == "a.jsonl, line 2, column 'ids': a list of strings where a list of numbers is wanted; "
                + "give each key values of one type")
        // The lines lie in different blocks of the reader.
        let many = String(repeating: good, count: 60_000)
        #expect(try error(many + #"{"label": "x"}"# + "\n" + good).contains("line 60001, column 'label'"))
        #expect(
            try error(good + #"{"text": 5}"#, JSONLinesOptions(stringColumns: ["text"])).contains(
                "line 2, column 'text': number where string"))
        #expect(
            try error(good, JSONLinesOptions(columnTypes: ["label": .string])).contains(
                "line 1, column 'label': number where string"))
    }

    @Test func nested() throws {
        let rows = try load(#"{"a": {"b": 1, "day": "2020-01-01"}, "l": [[1, 2], []], "s": [{"x": true}]}"#)
        #expect(rows.features["a"]?.description == "struct<b: int64, day: string>")
        #expect(try rows.column("l") == [[[1, 2], []]] as [[[Int]]])
        let point: StructureValue = try rows[0]["a"]
        #expect(point["b"] == 1)
        #expect(try rows[0]["s"] == CellValue.list([.structure(StructureValue([("x", true)]))]))
        let deep = String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000)
        #expect(try error("{\"a\": 1}\n{\"a\": \(deep)}\n").contains("line 2: values are nested too deeply"))
        let text = String(repeating: "[{", count: 100)
        #expect(try load("{\"a\": \"\\\"\(text)\"}\n").column("a") == ["\"" + text])
    }

    @Test func longLines() throws {
        let long = String(repeating: "x", count: 3_000_000)
        let rows = try load("{\"text\": \"\(long)\"}\n{\"text\": \"b\"}\n")
        let texts: [String] = try rows.column("text")
        #expect(texts.map(\.utf8.count) == [3_000_000, 1])
    }

    @Test func invalidBytes() throws {
        let path = try folder.file(
            "a.jsonl", Data("{\"a\": \"x\"}\n{\"a\": \"".utf8) + [0xC3, 0x28] + Data("\"}\n".utf8))
        #expect(
            message { _ = try loadDataset(json: path) }
                == "\(path), line 2: byte 0xC3 is not UTF-8; save the file as UTF-8")
    }
}
