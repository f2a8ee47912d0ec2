import Foundation
import OrderedJSON
import Testing

@testable import Datasets

/// Values of every type as Python's datasets orders, tells apart and writes them: scripts/fixtures/dataset_values.py.
@Suite struct ValueTests {
    private static let folder = TestData.fixtures.appendingPathComponent("values")
    private let expected: JSONValue
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let file = Self.folder.appendingPathComponent("expected.json")
        expected = try JSONValue(parsing: Data(contentsOf: file), source: file.path)
    }

    @Test func sortsEveryType() throws {
        let rows = try Dataset.fromArrow(Self.folder.appendingPathComponent("columns.arrow").path)
        let orders = try #require(expected["sorted"]?.arrayValue)
        #expect(orders.count == 4 * (rows.numColumns - 1))
        for order in orders {
            let column = try #require(order["column"]?.stringValue)
            let reverse = order["reverse"] == .bool(true)
            let placement = try #require(
                order["placement"]?.stringValue.flatMap { Dataset.NullPlacement(rawValue: $0) })
            let sorted = try rows.sort(column, reverse: reverse, nullPlacement: placement)
            let wanted = order["rows"]?.arrayValue?.compactMap(\.intValue)
            #expect(try sorted.column("row") as [Int] == wanted, "\(column) \(reverse) \(placement)")
        }
        let structs = try rows.map { _ in ["s": CellValue.structure(StructureValue([("x", 1)]))] }
        #expect(message { _ = try structs.sort("s") }?.contains("'s' is struct<x: int64>") == true)
    }

    @Test func uniqueGoesByBits() throws {
        let rows = try Dataset.from(dictionary: [
            "f": [.nan, 0.0, -0.0, nil, .nan, 1.0, -Double.nan, 0.0] as [Double?],
            "lists": [[.nan], [.nan], [0.0], [-0.0], [.nan, 1], [0.0], [], []] as [[Double]],
            "texts": ["e\u{301}", "\u{E9}", "a", "a", "e\u{301}", "", "", "b"],
        ])
        let bits = try rows.unique("f").map { value -> String? in
            guard case .double(let number) = value else { return nil }
            return String(repeating: "0", count: number.bitPattern.leadingZeroBitCount / 4)
                .prefix(16) + (number.bitPattern == 0 ? "" : String(number.bitPattern, radix: 16))
        }
        #expect(bits == expected["unique"]?.arrayValue?.map(\.stringValue))
        #expect(try rows.unique("lists").count == 5)
        #expect(try rows.unique("texts").count == 5)
    }

    @Test func csvHasTheDigitsThatFloatsNeed() throws {
        let path = folder.url.appendingPathComponent("floats.csv").path
        try Dataset.fromArrow(Self.folder.appendingPathComponent("floats.arrow").path).toCSV(path)
        let wanted = try String(contentsOf: Self.folder.appendingPathComponent("floats.csv"), encoding: .utf8)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == wanted)
    }

    @Test func everyHalfIsWrittenAsNumPyDoes() {
        var checksum = CRC32()
        var isFirst = true
        for bits in UInt16.min...UInt16.max {
            let value = HalfFloat(bits: bits)
            guard value.floatValue.isFinite else { continue }
            checksum.add(Array(((isFirst ? "" : "\n") + NumPyText.of(value)).utf8))
            isFirst = false
        }
        #expect(Int(checksum.value) == expected["halves"]?.intValue)
    }

    /// Python drops the names there.
    @Test(arguments: ["labels.arrow", "labels.parquet"]) func labelsOfAnyWidthKeepTheirNames(_ name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        let label = FeatureType.classLabel(try ClassLabel(names: ["neg", "pos"]))
        let loading = LoadOptions(keepInMemory: false, cacheDir: folder.url.path)
        let ways = [
            try loadDataset(folder: path)["train"], try loadDataset(folder: path, loading: loading)["train"],
            try (name.hasSuffix("arrow") ? IterableDataset.fromArrow([path]) : .fromParquet([path])).collect(),
        ]
        for rows in ways {
            #expect(rows.features["label"] == label && rows.features["tags"] == .list(label))
            #expect(rows.features["wide"] == label)
            #expect(rows.features["inner"] == .structure(Features([.init(name: "x", type: label)])))
            #expect(try rows.column("label") == [0, 1, nil] as [Int?])
            #expect(try rows.column("wide") == [0, 1, 1])
            #expect(try rows[0]["tags"] == [0, 1])
            #expect(try rows.unique("inner").count == 3)
        }
    }
}
