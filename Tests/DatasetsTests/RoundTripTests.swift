@testable import Datasets
import Foundation
import Testing

/// Random cells written by these tests' own writers are read back as they were.
@Suite struct RoundTripTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private static let pieces = [
        "a", "word", " ", ",", "\"", "\n", "\r\n", "\t", "é", "日本", "🙂", "NA", "null", "0", "-1.5", "'", "\\",
        "\u{2028}",
        "\u{FEFF}", "#", ";", "{", "]",
    ]

    private func randomText(_ random: inout SplitMix) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    @Test(arguments: 0..<30) func csv(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let width = Int.random(in: 1...4, using: &random)
        let table = (0..<Int.random(in: 1...200, using: &random)).map { _ in
            (0..<width).map { _ in randomText(&random) }
        }
        let names = (0..<width).map { "column, \"\($0)\"" }
        let end = Bool.random(using: &random) ? "\n" : "\r\n"
        var text = ""
        var lines: [Int] = []
        for cells in [names] + table {
            lines.append(1 + text.replacingOccurrences(of: "\r\n", with: "\n").unicodeScalars.count { $0 == "\n" })
            text +=
                cells.map { cell in
                    let needsQuotes =
                        cell.isEmpty || cell.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
                    let quotes = needsQuotes || Bool.random(using: &random)
                    return quotes ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
                }.joined(separator: ",") + end
        }
        var options = DelimitedOptions.csv
        options.stringColumns = Set(names)
        let rows = try Dataset.fromCSV(try folder.file("a.csv", text), options: options)
        for (place, name) in names.enumerated() {
            let cells: [String] = try rows.column(name)
            #expect(cells.map { Array($0.utf8) } == table.map { Array($0[place].utf8) })
        }
        #expect(rows.indices.map { rows.sourceLocation(ofRow: $0)?.line } == lines.dropFirst().map { $0 })
    }

    @Test(arguments: 0..<20) func jsonLines(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let count = Int.random(in: 1...200, using: &random)
        let texts = (0..<count).map { _ in randomText(&random) }
        let numbers = (0..<count).map { _ in
            Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0...63, using: &random)
        }
        let floats = (0..<count).map { _ in Double.random(in: -1e6...1e6, using: &random) + 0.5 }
        let lists = (0..<count).map { _ in
            (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: -5...70_000, using: &random) }
        }
        let tags = (0..<count).map { _ in (0..<Int.random(in: 0...3, using: &random)).map { _ in randomText(&random) } }
        func quoted(_ text: String) throws -> String {
            String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        }
        let lines = try (0..<count).map { row in
            let members = [
                "\"text\": \(try quoted(texts[row]))", "\"number\":\(numbers[row])", "\"float\": \(floats[row])",
                "\"list\": \(lists[row])", "\"tags\": [\(try tags[row].map(quoted).joined(separator: ","))]",
            ]
            return "{" + members.shuffled(using: &random).joined(separator: ", ") + "}"
        }
        let rows = try Dataset.fromJSONLines(
            try folder.file("a.jsonl", lines.joined(separator: "\n")),
            options: JSONLinesOptions(stringColumns: ["text"]))
        let read: [String] = try rows.column("text")
        #expect(read.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        #expect(try rows.column("number") == numbers)
        #expect(try rows.column("float") == floats)
        #expect(try rows.column("list") == lists)
        let readTags: [[String]] = try rows.column("tags")
        #expect(readTags.map { $0.map { Array($0.utf8) } } == tags.map { $0.map { Array($0.utf8) } })
    }

    /// Good files with bits flipped, bytes removed or the end cut off give a table or a `DatasetError`.
    @Test func mutations() throws {
        var random = SplitMix(state: 7)
        let csv = "\u{FEFF}text,label,score\r\n\"a, \"\"b\"\"\",1,0.5\r\n\"two\nlines\",2,\r\nplain é,3,1e5\r\n"
        let json =
            #"{"text": "a\u00e9 é", "label": 1, "ids": [1, 2]}"# + "\n" + #"{"text": "b\"", "label": null, "ids": []}"#
            + "\n"
        var outcomes = (tables: 0, errors: 0)
        for round in 0..<1500 {
            let isJSON = round % 2 == 1
            var bytes = Data((isJSON ? json : csv).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes = bytes.prefix(place)
                case 2: bytes.remove(at: place)
                default: bytes.insert(",\"\n\r{}[]\\\0".utf8.randomElement(using: &random) ?? 0, at: place)
                }
            }
            let path = try folder.file("m", bytes)
            do {
                let rows =
                    isJSON
                    ? try Dataset.fromJSONLines(path)
                    : try Dataset.fromCSV(path, options: round % 4 == 0 ? .csv : .tsv)
                // Reading every cell and its place must be safe too.
                for row in rows { _ = (row.description, row.sourceLocation) }
                outcomes.tables += 1
            } catch let error as DatasetError {
                #expect(!"\(error)".unicodeScalars.contains { $0.value < 0x20 })
                outcomes.errors += 1
            }
        }
        #expect(outcomes.tables > 100 && outcomes.errors > 100)
    }

    /// What cannot be put in its place leaves the old data there, and nothing beside them.
    @Test func savedDataSurviveAFailedReplacement() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("saved").path
        try Dataset.from(columns: [("a", [1, 2, 3])]).saveToDisk(path)
        #expect(throws: DatasetError.self) {
            try SavedFolder.replace(path) { try FileManager.default.removeItem(atPath: $0) }
        }
        let rows: Dataset = try Dataset.loadFromDisk(path)
        #expect(try rows.column("a") == [1, 2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["saved"])
    }
}
