import Datasets
import Foundation
import Testing

/// The JSON test suite's files, alone and as the value of a key, against what Python's json reads.
@Suite struct JSONSuiteTests {
    @Test(.enabled(if: TestData.has("data/json-test-suite/test_parsing"))) func everyFileIsReadOrRefused() throws {
        let json = try Data(contentsOf: TestData.fixtures.appendingPathComponent("json-suite.json"))
        let expected = try JSONDecoder().decode([String: String?].self, from: json)
        #expect(expected.count > 300)
        let suite = TestData.shared.appendingPathComponent("data/json-test-suite/test_parsing")
        let folder = try TemporaryFolder()
        var read = 0
        for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
            let data = try Data(contentsOf: suite.appendingPathComponent(name))
            if name.hasPrefix("n_") || value == nil {
                // What isn't JSON isn't read, whatever stands around it.
                if let rows = try? Dataset.fromJSON(suite.appendingPathComponent(name).path), name.hasPrefix("n_") {
                    Issue.record("\(name) was read: \(rows.first?.description ?? "")")
                }
            }
            // A line break in the middle can't be in a line.
            if name == "n_string_unescaped_newline.json" { continue }
            let line = Data("{\"v\": ".utf8) + data.filter { $0 != 0x0A } + Data("}".utf8)
            let path = try folder.file("line.json", line)
            do {
                let rows = try Dataset.fromJSON(path)
                guard let value else {
                    // Python refuses what RFC 8259 leaves open, for example half of a surrogate pair.
                    if name.hasPrefix("n_") { Issue.record("\(name) was read as \(rows[0])") }
                    continue
                }
                let found = String(decoding: ValueText.bytes(try rows[0].cell("v").value), as: UTF8.self)
                #expect(found == value, "\(name)")
                read += 1
            } catch let error as DatasetError {
                #expect("\(error)".contains(path) && !"\(error)".contains("\n"), "\(name): \(error)")
                // Valid JSON that is no column: lists of several types, keys that come twice or hold a NUL.
                let isNoColumn = ["heterogeneous", "duplicated_key", "escaped_null_in_key"].contains {
                    name.contains($0)
                }
                #expect(!name.hasPrefix("y_") || isNoColumn, "\(name): \(error)")
            }
        }
        #expect(read > 60)
    }
}
