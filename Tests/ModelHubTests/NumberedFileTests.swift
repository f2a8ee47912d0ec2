import Testing

@testable import ModelHub

/// Names of files that are parts of one split.
@Suite struct NumberedFileTests {
    @Test func whatIsLackingIsNamed() {
        let names = ["data/train-00001-of-00003.parquet", "data/test-00000-of-00001.parquet", "README.md"]
        #expect(
            NumberedFile.lacking(in: names) == [
                "data/train-00000-of-00003.parquet", "data/train-00002-of-00003.parquet",
            ])
        #expect(NumberedFile.lacking(in: ["a-00000-of-00002"]) == ["a-00001-of-00002"])
    }

    @Test(arguments: [
        "train.csv", "train-0-of-2.csv", "train-00002-of-00002.csv", "train00000-of-00002.csv", "-of-", "x-of-00002",
        "train-٠٠٠٠٠-of-00002.csv", "train-00000-of-00002x.csv",
    ])
    func otherNames(_ name: String) { #expect(NumberedFile.lacking(in: [name]).isEmpty) }

    @Test func manyPartsAreQuick() {
        let all = (0..<9000).map { "a-\(String("\(100_000 + $0)".dropFirst()))-of-09000.parquet" }
        #expect(NumberedFile.lacking(in: Array(all.dropLast())) == [all[8999]])
    }
}
