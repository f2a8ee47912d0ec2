extension Dataset {
    /// How much of a data set a split gets.
    public enum SplitSize: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
        /// A share between 0 and 1, rounded up to whole rows.
        case fraction(Double)
        case rows(Int)

        public init(floatLiteral value: Double) { self = .fraction(value) }
        public init(integerLiteral value: Int) { self = .rows(value) }
    }

    /// Splits the rows at random into `train` and `test`, exactly as Python's `train_test_split` does for that seed: of
    /// NumPy's permutation the first rows become `test` and the others `train`.
    ///
    /// - Parameters:
    ///   - testSize: a fraction (`0.1`) or a number of rows (`500`).
    ///   - seed: of NumPy's generator; has no effect where nothing is shuffled.
    ///   - shuffle: false keeps the order; `test` then gets the last rows.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where one of the two would be empty.
    public func trainTestSplit(testSize: SplitSize = 0.25, seed: UInt64, shuffle: Bool = true) throws -> DatasetDict {
        let testRows =
            switch testSize {
            case .fraction(let share) where share > 0 && share < 1:
                Int((share * Double(numRows)).rounded(.up))
            case .rows(let count): count
            case .fraction(let share):
                throw DatasetError.invalidArgument(name: "testSize", problem: "\(share) is not between 0 and 1")
            }
        guard testRows > 0, testRows < numRows else {
            throw DatasetError.invalidArgument(
                name: "testSize", problem: "\(testRows) of \(numRows) rows leaves one of the splits empty")
        }
        guard shuffle else {
            return DatasetDict([
                ("train", try select(0..<numRows - testRows)), ("test", try select(numRows - testRows..<numRows)),
            ])
        }
        var generator = NumPyGenerator(seed: seed)
        let order = generator.permutation(numRows)
        return DatasetDict([
            ("train", selecting(Array(order[testRows...]))), ("test", selecting(Array(order[..<testRows]))),
        ])
    }
}
