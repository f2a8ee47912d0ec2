import Datasets
import Foundation
import Testing

/// Files that Python's datasets, pyarrow and pandas wrote, and what they read of ours.
@Suite struct DatasetFilesTests {
    private struct Expected: Decodable {
        let types: [String: UInt32]
        // Parquet has neither date64 nor seconds.
        let types_parquet: [String: UInt32]
        let odd: [String: UInt32]
        let saved: [String: UInt32]
        let saved_test: [String: UInt32]
        let features: String
    }

    private static let files = TestData.fixtures.appendingPathComponent("files")
    private func path(_ name: String) -> String { Self.files.appendingPathComponent(name).path }
    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func expected() throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: bytes(path("expected.json")))
    }

    private func check(_ rows: Dataset, _ checksums: [String: UInt32], sourceLocation: Testing.SourceLocation) throws {
        for name in rows.columnNames {
            let checksum = try ValueText.checksum(rows, column: name)
            #expect(checksum == checksums[name], "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: ["types.arrow", "types-stream.arrow", "types.parquet"]) func everyType(_ name: String) throws {
        let rows = try loadDataset(folder: path(name))["train"]
        #expect(rows.numRows == 3)
        #expect(rows.numColumns == (name == "types.parquet" ? 24 : 27))
        let checksums = try name == "types.parquet" ? expected().types_parquet : expected().types
        try check(rows, checksums, sourceLocation: #_sourceLocation)
        let folder = try TemporaryFolder()
        let copy = folder.url.appendingPathComponent("copy").path
        try rows.shuffle(seed: 3).select([2, 0, 1]).saveToDisk(copy, maxShardRows: 2)
        let read = try Dataset.loadFromDisk(copy)
        #expect(read.features == rows.features)
        for (row, place) in zip(read, [2, 0, 1]) {
            let original = rows.shuffle(seed: 3)[place]
            #expect(
                ValueText.bytes(.list(row.values.map(\.value))) == ValueText.bytes(.list(original.values.map(\.value))))
        }
        // And value by value through builders of the same types.
        for feature in rows.features where feature.name != "uint64" {
            let rebuilt = try rows.map { row in [feature.name: try row.cell(feature.name).value] }
            #expect(rebuilt.numRows == 3, "\(feature)")
        }
    }

    @Test func typedReading() throws {
        let rows = try Dataset.fromArrow(path("types.arrow"))
        #expect(try rows.column("int8") == [-128, nil, 127] as [Int?])
        #expect(try rows.column("uint64") == [0, .max, nil] as [UInt64?])
        #expect(try rows.column("float16") == [1.5, nil, -65504] as [Float?])
        #expect(try rows.column("binary") == [Data([0, 255]), nil, Data()] as [Data?])
        let bytes: [UInt8] = try rows[0]["binary"]
        #expect(bytes == [0, 255])
        #expect(try rows.column("fixed") == [[1, 2], nil, [3, 4]] as [[Float]?])
        let texts = rows[0].values.map { "\($0.value)" }
        #expect(texts.contains("2024-02-29 12:30:15.250000"))
        #expect(texts.contains("1969-12-31"))
        #expect(texts.contains("-12.50"))
        #expect(texts.contains("1 day, 0:00:05"))
        let instant: TemporalValue = try rows[0]["timestamp"]
        #expect(instant.date == Date(timeIntervalSince1970: 1_709_209_815.25))
        #expect(throws: DatasetError.self) { let _: Int32 = try rows[1]["uint32"] }
    }

    @Test func dictionariesViewsAndFixedBinaries() throws {
        try check(Dataset.fromArrow(path("odd.arrow")), expected().odd, sourceLocation: #_sourceLocation)
    }

    @Test func whatNoDataSetHolds() throws {
        let found = try #require(message { _ = try Dataset.fromArrow(path("union.arrow")) })
        #expect(found.contains("union.arrow: column 'u' is of Arrow's type sparse_union"))
    }

    @Test func savedByPython() throws {
        let saved = try loadFromDisk(path("saved"))
        #expect(saved.splitNames == ["train", "test"])
        let expected = try expected()
        try check(saved["train"], expected.saved, sourceLocation: #_sourceLocation)
        try check(saved["test"], expected.saved_test, sourceLocation: #_sourceLocation)
        #expect(saved["train"].features.json == expected.features)
        let label = try ClassLabel(names: ["neg", "pos"])
        #expect(saved["train"].features["label"] == .classLabel(label))
        #expect(saved["train"].features["tags"] == .list(.classLabel(label)))
        #expect(try Dataset.fromParquet(path("features.parquet")).features == saved["train"].features)
        #expect(try Features(json: expected.features) == saved["train"].features)

        let folder = try TemporaryFolder()
        let copy = folder.url.appendingPathComponent("copy").path
        try saved.saveToDisk(copy)
        try saved.saveToDisk(copy)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["copy"])
        let read = try DatasetDict.loadFromDisk(copy)
        try check(read["test"], expected.saved_test, sourceLocation: #_sourceLocation)
        #expect(read["train"].features == saved["train"].features)
        // The files of texts are Python's, save for the fingerprint.
        let info = "train/dataset_info.json"
        #expect(try bytes("\(copy)/\(info)") == bytes(path("saved/\(info)")))
        #expect(try bytes("\(copy)/dataset_dict.json") == bytes(path("saved/dataset_dict.json")))
        #expect(message { _ = try Dataset.loadFromDisk(copy) }?.contains("several splits") == true)
        #expect(message { try saved.saveToDisk(folder.url.path) }?.contains("other files") == true)
    }

    @Test func writtenAsPandasWrites() throws {
        let rows = try Dataset.fromParquet(path("plain.parquet"))
        let folder = try TemporaryFolder()
        func written(_ name: String, _ write: (String) throws -> Void) throws -> Data {
            let file = folder.url.appendingPathComponent(name).path
            try write(file)
            return try bytes(file)
        }
        #expect(try written("a.jsonl") { try rows.toJSON($0) } == bytes(path("plain.jsonl")))
        #expect(try written("a.json") { try rows.toJSON($0, lines: false) } == bytes(path("plain.json")))
        let csv = try written("a.csv") { try rows.toCSV($0) }
        #expect(try String(decoding: csv, as: UTF8.self) == String(decoding: bytes(path("plain.csv")), as: UTF8.self))
        try rows.toParquet(folder.url.appendingPathComponent("a.parquet").path, compression: "zstd", rowGroupSize: 1)
        let read = try Dataset.fromParquet(folder.url.appendingPathComponent("a.parquet").path)
        #expect(read.features == rows.features)
        #expect(read.map { "\($0)" } == rows.map { "\($0)" })
        #expect(throws: DatasetError.self) { try rows.toParquet(folder.url.path + "/b.parquet", compression: "rar") }
        #expect(throws: DatasetError.self) { try rows.toCSV("/nowhere/a.csv") }
    }
}
