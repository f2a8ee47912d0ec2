@testable import Datasets
import Foundation
import Testing

/// Honest files that decode to far more than their size (scripts/fixtures/compressible_files.py), and what bounds them.
@Suite(.serialized) struct CompressibleFileTests {
    private static func path(_ name: String) -> String {
        TestData.fixtures.appendingPathComponent("compressible/\(name)").path
    }

    /// 347 bytes and 47 kB that are 560 MB.
    @Test(arguments: ["constant.parquet", "constant.arrow"]) func oneNumber(_ name: String) throws {
        let rows =
            name.hasSuffix("parquet")
            ? try Dataset.fromParquet(Self.path(name), loading: LoadOptions(keepInMemory: true))
            : try Dataset.fromArrow(Self.path(name))
        #expect(rows.numRows == 70_000_000)
        #expect(try rows[69_999_999]["n"] == 7)
    }

    /// 258 bytes that are 1.3 GB of text.
    @Test func oneText() throws {
        var (count, length) = (0, 0)
        let reader = try ArrowReader.parquet(Self.path("texts.parquet"), batchSize: 5000)
        while let table = try reader.next() {
            count += table.rowCount
            length = max(length, table.byteCount / table.rowCount)
        }
        #expect(count == 20_000 && length >= 65_536)
    }

    @Test(arguments: ["constant.parquet", "constant.arrow", "texts.parquet"]) func moreThanThereIs(_ name: String)
        throws
    {
        let found = ReadingMemory.$limit.withValue(1 << 18) {
            message {
                let reader =
                    name.hasSuffix("parquet")
                    ? try ArrowReader.parquet(Self.path(name)) : try ArrowReader.arrow(Self.path(name))
                while try reader.next() != nil {}
            }
        }
        let problem = "there is not enough memory for what it says it holds"
        #expect(found?.contains(name) == true && found?.contains(problem) == true, "\(found ?? "")")
    }
}
