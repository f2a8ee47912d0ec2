internal import OrderedJSON

/// The rows of a data set in memory or on disk, as a source of a stream.
struct DatasetSource: BlockSource {
    let dataset: Dataset

    private static let blockSize = 1000

    func open(at position: JSONValue?) throws -> any BlockReader {
        Reader(dataset, row: try position?.number("row") ?? 0)
    }

    private final class Reader: BlockReader {
        private let dataset: Dataset
        private var row: Int

        init(_ dataset: Dataset, row: Int) {
            self.dataset = dataset
            self.row = row
        }

        var position: JSONValue { ["row": .int(row)] }

        func next() throws -> Dataset? {
            guard row < dataset.numRows else { return nil }
            let end = min(row + blockSize, dataset.numRows)
            defer { row = end }
            return try dataset.select(row..<end)
        }
    }
}
