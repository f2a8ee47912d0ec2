public import Datasets
public import PretrainedModels
public import Training

/// What the labels of texts are: one class, several at once, or a number.
public enum TextLabels: Sendable, Hashable {
    /// One class for each text.
    case classes(LabelMapping)
    /// Any number of classes for each text, named in one cell with `separator` between them, or as a list.
    case sets(LabelMapping, separator: String)
    /// A number for each text.
    case numbers

    /// What stands between the names of several labels in a cell, where nothing else is said.
    public static let usualSeparator = ","

    /// Finds what the labels of training data are.
    ///
    /// - Parameters:
    ///   - dataset: the training rows.
    ///   - column: the label column; text, or for several labels at once lists of text.
    ///   - file: their file, for errors.
    ///   - modelNames: the label names of the model's configuration; they keep their order where the data has the same.
    ///   - problemType: nil: numbers with fractions mean regression, anything else classes.
    ///   - separator: what stands between the names of several labels in a cell.
    /// - Throws: ``TextClassificationError`` naming file and line.
    public init(
        training dataset: Dataset, column: String, file: String, modelNames: [String] = [],
        problemType: ProblemType? = nil, separator: String = usualSeparator
    ) throws {
        let type = try problemType ?? (Self.hasFractions(dataset, column) ? .regression : .singleLabelClassification)
        switch type {
        case .regression: self = .numbers
        case .singleLabelClassification:
            self = .classes(
                try LabelMapping(training: dataset, column: column, file: file, modelNames: modelNames))
        case .multiLabelClassification:
            var names: Set<String> = []
            try LabelSets(dataset, column, separator).forEach { _, labels in names.formUnion(labels) }
            guard !names.isEmpty else { throw TextClassificationError.noRows(file: file) }
            let sorted = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
            self = .sets(
                LabelMapping(names: names == Set(modelNames) ? modelNames : sorted, acceptsNumbers: false),
                separator: separator)
        }
    }

    /// What the labels of a trained model are.
    ///
    /// - Parameters:
    ///   - configuration: the model's.
    ///   - separator: what stands between the names of several labels in a cell.
    /// - Throws: `PretrainedModelError` for an unknown `problem_type`.
    public init(_ configuration: ModelConfiguration, separator: String = usualSeparator) throws {
        try configuration.checkLabels()
        let names = LabelMapping(names: configuration.labels)
        switch try configuration.problemType() ?? (names.count == 1 ? .regression : .singleLabelClassification) {
        case .regression: self = .numbers
        case .singleLabelClassification: self = .classes(names)
        case .multiLabelClassification: self = .sets(names, separator: separator)
        }
    }

    public var problemType: ProblemType {
        switch self {
        case .classes: .singleLabelClassification
        case .sets: .multiLabelClassification
        case .numbers: .regression
        }
    }

    /// The labels' names by number; for numbers the one that Python gives.
    public var names: [String] {
        switch self {
        case .classes(let mapping), .sets(let mapping, _): mapping.names
        case .numbers: ["LABEL_0"]
        }
    }

    /// The label of every row.
    ///
    /// - Throws: ``TextClassificationError`` with file and line for what is no number or none of the classes.
    public func values(of dataset: Dataset, column: String, file: String) throws -> TextLabelValues {
        switch self {
        case .classes(let mapping):
            return .classes(try mapping.numbers(of: dataset, column: column, file: file))
        case .sets(let mapping, let separator):
            var rows: [[Float]] = []
            rows.reserveCapacity(dataset.numRows)
            try LabelSets(dataset, column, separator).forEach { row, labels in
                var values = [Float](repeating: 0, count: mapping.count)
                for label in labels {
                    guard let number = mapping.number(of: label) else {
                        throw TextClassificationError.unknownLabel(
                            place: dataset.place(ofRow: row, file: file), label: label, known: mapping.names)
                    }
                    values[number] = 1
                }
                rows.append(values)
            }
            return .sets(rows)
        case .numbers:
            var numbers: [Float] = []
            numbers.reserveCapacity(dataset.numRows)
            try dataset.forEachUTF8(in: column) { row, text in
                let label = String(decoding: text, as: UTF8.self)
                guard let number = Float(label), number.isFinite else {
                    throw TextClassificationError.badLabel(
                        place: dataset.place(ofRow: row, file: file), label: label,
                        problem: "is no number, as those of the training data")
                }
                numbers.append(number)
            }
            return .numbers(numbers)
        }
    }

    /// Whether all labels are numbers, one of them with a fraction: Python's examples take those for regression.
    private static func hasFractions(_ dataset: Dataset, _ column: String) throws -> Bool {
        var (all, some) = (true, false)
        try dataset.forEachUTF8(in: column) { _, text in
            guard all else { return }
            let label = String(decoding: text, as: UTF8.self)
            if Int(label) != nil { return }
            if label.first?.isLetter == false, Double(label)?.isFinite == true { some = true } else { all = false }
        }
        return all && some
    }
}

/// The labels of rows, as a model takes them.
public enum TextLabelValues: Sendable, Hashable {
    case classes([Int])
    /// 1 for each class that a row has, 0 for the others.
    case sets([[Float]])
    case numbers([Float])

    /// The class numbers; nil for other labels.
    public var classes: [Int]? { if case .classes(let values) = self { values } else { nil } }
}

/// A column of which each cell names several labels.
private struct LabelSets {
    private let dataset: Dataset
    private let column: String
    private let separator: String

    init(_ dataset: Dataset, _ column: String, _ separator: String) {
        self.dataset = dataset
        self.column = column
        self.separator = separator
    }

    func forEach(_ body: (_ row: Int, _ labels: [String]) throws -> Void) throws {
        if dataset.features[column]?.isString == true {
            try dataset.forEachUTF8(in: column) { row, text in
                let names = String(decoding: text, as: UTF8.self).components(separated: separator)
                try body(row, names)
            }
        } else {
            for row in 0..<dataset.numRows { try body(row, try dataset[row][column]) }
        }
    }
}

extension String {
    /// The parts between separators, without spaces around them; none for an empty text.
    fileprivate func components(separated separator: String) -> [String] {
        guard !separator.isEmpty else { return [self] }
        return split(separator: separator).map { part in
            String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }
}

extension TextLabels {
    /// The usual metrics: `accuracy` of classes; of sets `f1` over all labels together (`micro`) and `accuracy`, the share
    /// of rows that are right as a whole; of numbers `mse`, `mae`, `r2`, `pearson` and `spearmanr`.
    ///
    /// - Throws: `MetricError` where the shapes do not fit.
    public func metrics(_ prediction: EvalPrediction) throws -> Metrics {
        switch self {
        case .classes:
            return ["accuracy": accuracy(prediction.predictions.argmax(dim: -1), prediction.labelIds)]
        case .numbers: return try RegressionMetrics.compute(prediction)
        case .sets:
            let (given, wanted) = try withTorchErrors {
                (prediction.predictions.gt(0).to(.int64), prediction.labelIds.to(.int64))
            }
            return [
                "f1": try f1Score(predictions: given.reshape(-1), references: wanted.reshape(-1)),
                "accuracy": try withTorchErrors { given.eq(wanted).all(dim: -1).to(.float64).mean().item() },
            ]
        }
    }
}
