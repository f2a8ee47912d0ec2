import Datasets
import Foundation
import Testing

/// The collection of Parquet files that the format's own project keeps, good and bad, against what pyarrow reads.
@Suite struct ParquetCollectionTests {
    private struct Expected: Decodable {
        struct Column: Decodable {
            let name: String
            let type: String
            let checksum: UInt32
        }
        struct File: Decodable {
            let rows: Int?
            let columns: [Column]?
            let refused: String?
            let unsupported: Bool?
        }
        let files: [String: File]
    }

    @Test(.enabled(if: TestData.has("data/parquet-testing/data"))) func everyFileIsReadAsPyarrowReadsIt() throws {
        let json = try Data(contentsOf: TestData.fixtures.appendingPathComponent("parquet-testing.json"))
        let expected = try JSONDecoder().decode(Expected.self, from: json)
        let folder = TestData.shared.appendingPathComponent("data/parquet-testing")
        var read = 0
        for (name, file) in expected.files.sorted(by: { $0.key < $1.key }) {
            let path = folder.appendingPathComponent(name).path
            do {
                let rows = try Dataset.fromParquet(path)
                guard let columns = file.columns else {
                    // Where pyarrow refuses, or holds a type that we don't.
                    Issue.record("\(name) was read, though \(file.refused ?? "its types are unsupported")")
                    continue
                }
                #expect(rows.numRows == file.rows, "\(name)")
                #expect(rows.columnNames == columns.map(\.name), "\(name)")
                for column in columns {
                    let checksum = try ValueText.checksum(rows, column: column.name)
                    #expect(checksum == column.checksum, "\(name), \(column.name), \(column.type)")
                }
                read += 1
            } catch let error as DatasetError {
                #expect(file.rows == nil, "\(name): \(error)")
                #expect("\(error)".contains(path) && !"\(error)".contains("\n"), "\(error)")
            }
        }
        #expect(read > 150)
    }
}
