public import Datasets

/// The classes of a text classification: their names in the order of their numbers.
public struct LabelMapping: Sendable, Hashable {
    /// The names by class number, as the model's configuration keeps them.
    public let names: [String]
    /// Whether data that gives the numbers 0…n−1 themselves means the classes by number.
    let acceptsNumbers: Bool
    private let numbers: [String: Int]

    public init(names: [String], acceptsNumbers: Bool = true) {
        self.names = names
        self.acceptsNumbers = acceptsNumbers
        numbers = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The number of classes.
    public var count: Int { names.count }

    /// The number of a label as it stands in the data; nil where it is no class.
    public func number(of label: String) -> Int? {
        if let number = numbers[label] { return number }
        guard acceptsNumbers, let number = Int(label), names.indices.contains(number), String(number) == label else {
            return nil
        }
        return number
    }

    /// Finds the classes of training data.
    ///
    /// Strings are numbered in sorted order (by Unicode scalars); integers 0…n−1 are class numbers; other integers sort
    /// as strings, as Python's script does.
    ///
    /// - Parameters:
    ///   - dataset: the training rows; the label column must hold strings.
    ///   - column: the label column.
    ///   - file: their file, for errors.
    ///   - modelNames: the names that the model's configuration has; they keep their order where the data has the same
    ///     classes.
    /// - Throws: ``TextClassificationError`` for floats, negative numbers and a single class.
    public init(
        training dataset: Dataset, column: String, file: String, modelNames: [String] = []
    ) throws {
        var rows: [String: Int] = [:]
        try dataset.forEachUTF8(in: column) { row, text in
            let label = String(decoding: text, as: UTF8.self)
            if rows[label] == nil { rows[label] = row }
        }
        let labels = rows.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        let isNumeric = labels.allSatisfy { Double($0) != nil && $0.first?.isLetter == false }
        func fail(_ label: String, _ problem: String) -> TextClassificationError {
            .badLabel(place: dataset.place(ofRow: rows[label] ?? 0, file: file), label: label, problem: problem)
        }
        if isNumeric {
            if let float = labels.first(where: { Int($0) == nil }) {
                throw fail(
                    float,
                    "is no whole number; classes are names or integers, and numbers need the problem type regression")
            }
            if let negative = labels.first(where: { $0.hasPrefix("-") }) {
                throw fail(negative, "is negative; classes are names, or integers from 0")
            }
        }
        guard labels.count > 1 else {
            if labels.isEmpty { throw TextClassificationError.noRows(file: file) }
            throw TextClassificationError.oneClass(file: file, label: labels[0])
        }
        let classNumbers = (0..<labels.count).map(String.init)
        if Set(labels) == Set(classNumbers) {
            self.init(names: modelNames.count == labels.count ? modelNames : classNumbers)
        } else if Set(labels) == Set(modelNames) {
            self.init(names: modelNames)
        } else {
            self.init(names: labels, acceptsNumbers: false)
        }
    }

    /// The class number of every row.
    /// - Throws: ``TextClassificationError/unknownLabel(place:label:known:)`` with file and line.
    public func numbers(of dataset: Dataset, column: String, file: String) throws -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(dataset.numRows)
        try dataset.forEachUTF8(in: column) { row, text in
            let label = String(decoding: text, as: UTF8.self)
            guard let number = number(of: label) else {
                let place = dataset.place(ofRow: row, file: file)
                if Int(label) ?? 0 < 0 {
                    throw TextClassificationError.badLabel(
                        place: place, label: label, problem: "is negative; classes are names, or integers from 0")
                }
                throw TextClassificationError.unknownLabel(place: place, label: label, known: names)
            }
            result.append(number)
        }
        return result
    }
}

extension Dataset {
    /// `train.tsv, line 17`, or the row's number where it has no place in a file.
    func place(ofRow row: Int, file: String) -> String {
        guard let location = sourceLocation(ofRow: row), location.line != nil else { return "\(file), row \(row)" }
        return "\(location)"
    }
}
