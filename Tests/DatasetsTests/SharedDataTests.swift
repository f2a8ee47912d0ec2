import Datasets
import Foundation
import Testing

/// Real files, where the machine has them.
@Suite struct SharedDataTests {
    private func path(_ name: String) -> String { TestData.shared.appendingPathComponent(name).path }

    private func lines(_ name: String) throws -> [String] {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
        return text.replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n").map(String.init)
    }

    @Test(.enabled(if: TestData.has("data/glue/sst2/train.tsv")), arguments: [("train", 67_349), ("dev", 872)])
    func sst2(_ split: (name: String, rows: Int)) throws {
        let name = "data/glue/sst2/\(split.name).tsv"
        var options = DelimitedOptions.tsv
        options.stringColumns = ["sentence"]
        let rows = try Dataset.fromTSV(path(name), options: options)
        #expect(rows.numRows == split.rows)
        #expect(rows.features.map(\.type) == [.int64, .string])
        let expected = try lines(name).dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(try rows.column("sentence") == expected.map { String($0[1]) })
        #expect(try rows.column("label") == expected.compactMap { Int($0[0]) })
        try rows.requireColumns(["sentence", "label"], allowingEmpty: false)
        #expect(rows.sourceLocation(ofRow: split.rows - 1)?.line == split.rows + 1)
    }

    @Test(.enabled(if: TestData.has("data/csv-spectrum/csvs"))) func csvSpectrum() throws {
        let folder = TestData.shared.appendingPathComponent("data/csv-spectrum")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("csvs").path)
        #expect(names.count >= 12)
        // The expected values of this one are those of another file.
        for name in names.sorted() where name != "location_coordinates.csv" {
            let json = try Data(
                contentsOf: folder.appendingPathComponent(
                    "json/\(name.replacingOccurrences(of: ".csv", with: ".json"))"))
            // One of the files holds its only row without a list around it.
            let expected =
                try (try? JSONDecoder().decode([[String: String]].self, from: json))
                ?? [JSONDecoder().decode([String: String].self, from: json)]
            let file = folder.appendingPathComponent("csvs/\(name)").path
            let columns = Set(expected.flatMap(\.keys))
            var options = DelimitedOptions.csv
            options.stringColumns = columns
            let rows = try Dataset.fromCSV(file, options: options)
            #expect(Set(rows.columnNames) == columns, "\(name)")
            #expect(rows.numRows == expected.count, "\(name)")
            for (row, values) in zip(rows, expected) {
                for (column, value) in values {
                    // newlines_crlf.csv is stored with LF.
                    let text: String = try row[column]
                    #expect(text == value.replacingOccurrences(of: "\r\n", with: "\n"), "\(name)")
                }
            }
        }
    }

    @Test(.enabled(if: TestData.has("data/banking77/train.csv"))) func banking77() throws {
        var options = DelimitedOptions.csv
        options.stringColumns = ["text", "category"]
        let files: KeyValuePairs = ["train": path("data/banking77/train.csv"), "test": path("data/banking77/test.csv")]
        let splits = try loadDataset(csv: files, options: options)
        let encoded = try splits["train"].classEncodeColumn("category")
        guard case .classLabel(let label)? = encoded.features["category"] else {
            Issue.record("no class label")
            return
        }
        #expect(label.numClasses == 77)
        #expect(try splits["test"].castColumn("category", to: label).numRows == splits["test"].numRows)
    }

    @Test(.enabled(if: TestData.has("data/glue/mrpc/train.tsv"))) func byteOrderMarkAndBareQuotes() throws {
        let rows = try Dataset.fromTSV(path("data/glue/mrpc/train.tsv"))
        #expect(rows.columnNames == ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"])
        #expect(rows.numRows == 3667)
    }

    @Test(.enabled(if: TestData.has("data/hf-fixtures/tests_samples"))) func jsonLines() throws {
        let rows = try Dataset.fromJSONLines(path("data/hf-fixtures/tests_samples/xsum/sample.json"))
        #expect(rows.numRows == (try lines("data/hf-fixtures/tests_samples/xsum/sample.json").count))
        let words = try Dataset.fromJSONLines(path("data/hf-fixtures/tests_samples/conll/sample.json"))
        let first: [String] = try words[0]["words"]
        #expect(!first.isEmpty)
    }
}
