extension Dataset {
    /// Splits the rows at random into `train` and `test` so that each class has about the same share in both, exactly as
    /// Python's `train_test_split(stratify_by_column=…)` does for that seed.
    ///
    /// - Parameters:
    ///   - testSize: a fraction (`0.1`, rounded up) or a number of rows.
    ///   - trainSize: a fraction (rounded down) or a number of rows; nil for all the others.
    ///   - seed: of NumPy's generator.
    ///   - stratifyByColumn: a column of class labels: ``classEncodeColumn(_:)`` makes one.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where the column has no class labels, a class has one row
    ///   alone, or a split would have fewer rows than there are classes.
    public func trainTestSplit(
        testSize: SplitSize = 0.25, trainSize: SplitSize? = nil, seed: UInt64, stratifyByColumn: String
    ) throws -> DatasetDict {
        let column = table.columns[try table.requirePlace(of: stratifyByColumn)]
        guard case .classLabel = column.type else {
            throw DatasetError.invalidArgument(
                name: "stratifyByColumn",
                problem: "'\(stratifyByColumn)' is \(column.type), not class labels; classEncodeColumn makes them")
        }
        let test = try rows(testSize, name: "testSize", roundedUp: true)
        let train = try trainSize.map { try rows($0, name: "trainSize", roundedUp: false) } ?? numRows - test
        guard test + train <= numRows else {
            throw DatasetError.invalidArgument(
                name: "trainSize", problem: "\(train) rows and \(test) for test are more than the \(numRows) there are")
        }
        var split = StratifiedSplit(labels: try self.column(stratifyByColumn), train: train, test: test)
        try split.check(column: stratifyByColumn)
        var generator = NumPyGenerator(seed: seed)
        let (trainRows, testRows) = split.draw(&generator)
        return DatasetDict([("train", selecting(trainRows)), ("test", selecting(testRows))])
    }

    private func rows(_ size: SplitSize, name: String, roundedUp: Bool) throws -> Int {
        let count: Int
        switch size {
        case .fraction(let share) where share > 0 && share < 1:
            count = Int((share * Double(numRows)).rounded(roundedUp ? .up : .down))
        case .fraction(let share):
            throw DatasetError.invalidArgument(name: name, problem: "\(share) is not between 0 and 1")
        case .rows(let rows): count = rows
        }
        guard count > 0, count < numRows else {
            throw DatasetError.invalidArgument(
                name: name, problem: "\(count) of \(numRows) rows leaves one of the splits empty")
        }
        return count
    }
}

/// Draws train and test rows class by class, in the order of scikit-learn's `StratifiedShuffleSplit`, with NumPy's
/// newer generator as Python's `datasets` does.
private struct StratifiedSplit {
    /// The rows of each class that has any, by class number.
    private let classes: [[Int]]
    private let train: Int
    private let test: Int

    init(labels: [Int], train: Int, test: Int) {
        var rows: [Int: [Int]] = [:]
        for (row, label) in labels.enumerated() { rows[label, default: []].append(row) }
        classes = rows.sorted { $0.key < $1.key }.map(\.value)
        self.train = train
        self.test = test
    }

    func check(column: String) throws {
        func fail(_ problem: String) -> DatasetError { .invalidArgument(name: "stratifyByColumn", problem: problem) }
        guard classes.allSatisfy({ $0.count > 1 }) else {
            throw fail("a class of '\(column)' has only one row, which can't be in both splits")
        }
        guard min(train, test) >= classes.count else {
            throw fail("a split of \(min(train, test)) rows can't hold a row of each of \(classes.count) classes")
        }
    }

    mutating func draw(_ generator: inout NumPyGenerator) -> (train: [Int], test: [Int]) {
        let counts = classes.map(\.count)
        let trainCounts = Self.shares(counts, of: train, &generator)
        let testCounts = Self.shares(zip(counts, trainCounts).map { $0 - $1 }, of: test, &generator)
        var (trainRows, testRows) = ([Int](), [Int]())
        for (place, rows) in classes.enumerated() {
            let order = generator.permutation(rows.count).map { rows[$0] }
            trainRows += order[..<trainCounts[place]]
            testRows += order[trainCounts[place]..<trainCounts[place] + testCounts[place]]
        }
        generator.shuffle(&trainRows)
        generator.shuffle(&testRows)
        return (trainRows, testRows)
    }

    /// How many rows each class gives to a split: its share rounded down, and one more for the largest remainders; ties
    /// are broken at random.
    private static func shares(_ counts: [Int], of size: Int, _ generator: inout NumPyGenerator) -> [Int] {
        let total = Double(counts.reduce(0, +))
        let exact = counts.map { Double(size * $0) / total }
        var shares = exact.map { Int($0.rounded(.down)) }
        var missing = size - shares.reduce(0, +)
        let remainders = zip(exact, shares).map { $0 - Double($1) }
        for remainder in Set(remainders).sorted(by: >) where missing > 0 {
            let places = remainders.indices.filter { remainders[$0] == remainder }
            let added = min(places.count, missing)
            for chosen in generator.sample(added, of: places.count) { shares[places[chosen]] += 1 }
            missing -= added
        }
        return shares
    }
}
