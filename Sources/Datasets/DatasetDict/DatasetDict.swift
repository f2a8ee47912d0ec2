/// Data sets by the names of their splits, in order: what `loadDataset` and `trainTestSplit` give.
public struct DatasetDict: Sendable {
    /// The splits' names, in order.
    public private(set) var splitNames: [String] = []
    private var splits: [String: Dataset] = [:]

    /// The splits in order; of two with one name the later stays.
    public init(_ splits: [(String, Dataset)]) {
        for (name, dataset) in splits {
            if self.splits.updateValue(dataset, forKey: name) == nil { splitNames.append(name) }
        }
    }

    /// The split `name`, which must exist: ``split(_:)`` is the throwing form for names that are not known beforehand.
    public subscript(name: String) -> Dataset {
        guard let dataset = splits[name] else {
            preconditionFailure("\(DatasetError.unknownSplit(name: name, available: splitNames))")
        }
        return dataset
    }

    /// The split `name`.
    /// - Throws: ``DatasetError/unknownSplit(name:available:)``
    public func split(_ name: String) throws -> Dataset {
        guard let dataset = splits[name] else {
            throw DatasetError.unknownSplit(name: name, available: splitNames)
        }
        return dataset
    }

    /// Whether there is a split `name`.
    public func contains(_ name: String) -> Bool { splits[name] != nil }

    /// The names and splits, in order.
    public var members: [(name: String, dataset: Dataset)] {
        splitNames.compactMap { name in splits[name].map { (name, $0) } }
    }

    /// The number of rows of each split.
    public var numRows: [String: Int] { splits.mapValues(\.numRows) }

    /// The column names of each split.
    public var columnNames: [String: [String]] { splits.mapValues(\.columnNames) }
}

extension DatasetDict: CustomStringConvertible {
    /// As Python prints it.
    public var description: String {
        let lines = members.map { name, dataset in
            "    \(name): " + "\(dataset)".split(separator: "\n").joined(separator: "\n    ")
        }
        return "DatasetDict({\n" + lines.map { $0 + "\n" }.joined() + "})"
    }
}
