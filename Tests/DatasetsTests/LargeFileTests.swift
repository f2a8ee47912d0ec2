@testable import Datasets
import Foundation
import Testing

/// Files that are read in windows and kept in an Arrow file, and what several windows and files do to types.
@Suite struct LargeFileTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private var loading: LoadOptions {
        LoadOptions(keepInMemory: false, cacheDir: folder.url.appendingPathComponent("cache").path)
    }

    private func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("cache/swift").path)
            .filter { $0.hasSuffix(".arrow") }
    }

    @Test func aSecondLoadingUsesTheCache() throws {
        let path = try folder.file("a.csv", "text,label\n\"x\ny\",1\nz,2\n")
        let rows = try Dataset.fromCSV(path, loading: loading)
        #expect(try rows.column("text") == ["x\ny", "z"])
        #expect(rows.sourceLocation(ofRow: 1)?.line == 4)
        #expect(try entries().count == 1)
        let again = try Dataset.fromCSV(path, loading: loading)
        #expect(again.map { "\($0)" } == rows.map { "\($0)" })
        #expect(again.sourceLocation(ofRow: 1)?.line == 4)
        #expect(try entries().count == 1)
        // Other options and other content are other entries.
        _ = try Dataset.fromCSV(
            path, options: DelimitedOptions(delimiter: ",", quoting: true, stringColumns: ["label"]), loading: loading)
        _ = try folder.file("a.csv", "text,label\nlonger,3\n")
        #expect(try Dataset.fromCSV(path, loading: loading).column("label") == [3])
        #expect(try entries().count == 3)
        // A file that breaks leaves nothing behind.
        let bad = try folder.file("b.csv", "a,b\n1,2\n1\n")
        #expect(message { _ = try Dataset.fromCSV(bad, loading: loading) }?.contains("b.csv, line 3") == true)
        #expect(try entries().count == 3)
    }

    @Test func everyFormatGoesThroughTheCache() throws {
        let rows = try Dataset.from(dictionary: ["a": [1, 2, 3], "t": ["x", "y", nil] as [String?]])
            .castColumn("a", to: ClassLabel(names: ["n", "o", "p", "q"]))
        let path = folder.url.appendingPathComponent("a.parquet").path
        try rows.toParquet(path, rowGroupSize: 2)
        let second = folder.url.appendingPathComponent("b.parquet").path
        try rows.toParquet(second)
        let parquet = try Dataset.fromParquet([path, second], loading: loading)
        #expect(parquet.features == rows.features)
        #expect(try parquet.column("a") == [1, 2, 3, 1, 2, 3])
        #expect(try Dataset.fromParquet(path, columns: ["t"], loading: loading).columnNames == ["t"])
        #expect(message { _ = try Dataset.fromParquet(path, columns: ["no"]) }?.contains("no") == true)
        let text = try folder.file("a.txt", "one\n\ntwo")
        #expect(try Dataset.fromText(text, loading: loading).column("text") == ["one", "", "two"])
        let json = try folder.file("a.json", "[{\"a\": 1, \"b\": {\"c\": [1]}},\n {\"a\": 2.5}]")
        #expect(try Dataset.fromJSON(json, loading: loading).column("a") == [1, 2.5])
    }

    /// All the rows of a text by windows of some bytes.
    private func read<Parser: TextParser>(
        _ text: String, windowSize: Int, _ parser: @escaping () throws -> Parser
    ) throws -> Dataset {
        let path = try folder.file("window.txt", text)
        let input = try TextInput(path: path, inMemory: false, limit: .max)
        let sink = TableSink(path: nil, features: nil)
        let files = try TextTables([input], windowSize: windowSize, makeParser: parser)
            .read(restart: { sink.restart() }, { try sink.append($0) })
        return try sink.dataset(described: nil, files: files)
    }

    @Test(arguments: [16, 17, 31, 64, 1000]) func windowsChangeNothing(_ size: Int) throws {
        let csv = "a,b,c\r\n1,x,\r\n2,\"y,\n\"\"q\"\"\",\r\n\r\n2.5,,\r\n4,z,now\r\n"
        let path = try folder.file("whole.csv", csv)
        let whole = try Dataset.fromCSV(path)
        let windows = try read(csv, windowSize: size) { try DelimitedParser(options: .csv) }
        #expect(windows.map { "\($0)" } == whole.map { "\($0)" })
        #expect(windows.features == whole.features)
        #expect(whole.features.map(\.type) == [.float64, .string, .string])

        let json =
            "{\"a\": 1}\n{\"a\": null, \"b\": [1]}\n{\"a\": 2.5, \"c\": {\"x\": 1}}\n{\"c\": {\"y\": \"2020-01-01\"}}\n"
        let wholeJSON = try Dataset.fromJSON(try folder.file("whole.json", json))
        let windowsJSON = try read(json, windowSize: size) { try JSONLinesParser(options: JSONLinesOptions()) }
        #expect(windowsJSON.features == wholeJSON.features)
        #expect(windowsJSON.map { "\($0)" } == wholeJSON.map { "\($0)" })

        let text = "one\r\ntwo\r\rthree\n\n\nfour\n"
        for sampleBy in [TextOptions.SampleBy.line, .paragraph, .document] {
            let options = TextOptions(sampleBy: sampleBy)
            let wholeText = try Dataset.fromText(try folder.file("whole.txt", text), options: options)
            let windowsText = try read(text, windowSize: size) { PlainTextParser(options: options) }
            #expect(windowsText.map { "\($0)" } == wholeText.map { "\($0)" }, "\(sampleBy)")
        }
    }

    @Test func errorsOfLaterWindowsNameTheirLine() throws {
        let csv = "a,b\n" + String(repeating: "1,2\n", count: 50) + "1\n"
        #expect(
            message { _ = try read(csv, windowSize: 64) { try DelimitedParser(options: .csv) } }?
                .contains("line 52") == true)
        let json = String(repeating: "{\"a\": 1}\n", count: 50) + "{\"a\": \"x\"}\n"
        let found = message {
            _ = try read(json, windowSize: 64) { try JSONLinesParser(options: JSONLinesOptions()) }
        }
        #expect(found?.contains("column 'a'") == true, "\(found ?? "")")
    }

    @Test func jsonListsAndFields() throws {
        let list = try folder.file(
            "a.json", "\u{FEFF} [ {\"a\": \"[1, {\\\"\"},\n\t{\"a\": \"b\",\n\"c\": [1,\n2]} ] \n")
        let rows = try Dataset.fromJSON(list)
        #expect(try rows.column("a") == ["[1, {\"", "b"])
        #expect(try rows.column("c") == [nil, [1, 2]] as [[Int]?])
        let object = try folder.file(
            "b.json", "{\"version\": [1, {}], \"data\": [{\"x\": 1}, {\"x\": 2}], \"z\": \"]\"}")
        #expect(try Dataset.fromJSON(object, options: JSONLinesOptions(field: "data")).column("x") == [1, 2])
        for (text, problem) in [
            ("[{\"a\": 1},]", "comma"), ("[{\"a\": 1}", "ends in the middle"), ("[{\"a\": 1}] x", "where none belongs"),
            ("[{\"a\": 1} {\"a\": 2}]", "element 1"), ("[1, 2]", "element 1"), ("[{\"a\": [}]", "don't match"),
            ("[]", "empty"), ("[{\"a\": 1}, {\"a\": x}]", "element 2"),
        ] {
            let path = try folder.file("bad.json", text)
            let found = message { _ = try Dataset.fromJSON(path) }
            #expect(found?.contains(problem) == true, "\(text): \(found ?? "read")")
        }
        let escaped = try folder.file(
            "escaped.json", #"{"\#(String(repeating: "k", count: 1 << 20))": 1, "d\u0061t\u0061": [{"x": 3}], "\n": 2}"#
        )
        #expect(try Dataset.fromJSON(escaped, options: JSONLinesOptions(field: "data")).column("x") == [3])
        let missing = message { _ = try Dataset.fromJSON(object, options: JSONLinesOptions(field: "rows")) }
        #expect(missing?.contains("no key 'rows'") == true)
    }

    @Test(arguments: ["gz", "zst", "bz2", "lz4"]) func compressed(_ suffix: String) throws {
        let path = TestData.fixtures.appendingPathComponent("files/plain.csv.\(suffix)").path
        let plain = try Dataset.fromCSV(TestData.fixtures.appendingPathComponent("files/plain.csv").path)
        #expect(try loadDataset(folder: path)["train"].map { "\($0)" } == plain.map { "\($0)" })
        #expect(try Dataset.fromCSV(path, loading: loading).map { "\($0)" } == plain.map { "\($0)" })
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let cut = try folder.file("cut.csv.\(suffix)", whole.prefix(whole.count / 2))
        #expect(message { _ = try Dataset.fromCSV(cut) }?.contains("cut.csv.\(suffix)") == true)
        let wrong = try folder.file("wrong.csv.\(suffix)", "a,b\n1,2\n")
        #expect(message { _ = try Dataset.fromCSV(wrong) }?.contains("compressed file is damaged") == true)
    }
}
