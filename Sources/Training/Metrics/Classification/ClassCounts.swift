/// How often each class was right, predicted, and wanted: all that precision, recall and their kin need.
struct ClassCounts<Label: MetricLabel> {
    /// In the order of the scores.
    let labels: [Label]
    /// Labels that occur, in order.
    let present: [Label]
    private(set) var right: [Int]
    private(set) var predicted: [Int]
    private(set) var wanted: [Int]

    /// - Parameter labels: The classes that are scored, in this order; nil: all that occur, sorted.
    init(_ metric: String, predictions: [Label], references: [Label], labels: [Label]?) throws(MetricError) {
        try MetricError.check(metric, predictions: predictions.count, references: references.count)
        present = Set(predictions).union(references).sorted()
        let scored = labels ?? present
        let places = Dictionary(scored.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        guard places.count == scored.count else {
            throw .invalid(metric: metric, reason: "a label is given twice")
        }
        self.labels = scored
        right = Array(repeating: 0, count: scored.count)
        predicted = right
        wanted = right
        for (prediction, reference) in zip(predictions, references) {
            let place = places[prediction]
            if let place { predicted[place] += 1 }
            if prediction == reference {
                if let place {
                    right[place] += 1
                    wanted[place] += 1
                }
            } else if let other = places[reference] {
                wanted[other] += 1
            }
        }
    }

    /// The scores of each class.
    func scores(beta: Double, zeroDivision: ZeroDivision) -> [ClassScores] {
        labels.indices.map {
            ClassScores(
                right: right[$0], predicted: predicted[$0], wanted: wanted[$0], beta: beta, zeroDivision: zeroDivision)
        }
    }

    /// The scores of all classes together.
    func average(_ average: MetricAverage, beta: Double, zeroDivision: ZeroDivision) -> ClassScores {
        let support = wanted.reduce(0, +)
        switch average {
        case .micro:
            return ClassScores(
                right: right.reduce(0, +), predicted: predicted.reduce(0, +), wanted: support, beta: beta,
                zeroDivision: zeroDivision)
        case .binary, .macro, .weighted:
            let scores = scores(beta: beta, zeroDivision: zeroDivision)
            let weights = average == .weighted ? wanted.map { Double($0) } : nil
            return ClassScores(
                precision: nanAverage(scores.map { $0.precision }, weights: weights),
                recall: nanAverage(scores.map { $0.recall }, weights: weights),
                fscore: nanAverage(scores.map { $0.fscore }, weights: weights), support: support)
        }
    }
}

/// Precision, recall and F score of one class, or of an average over classes.
public struct ClassScores: Sendable, Hashable {
    /// The share of the predictions of this class that are right.
    public var precision: Double
    /// The share of the references of this class that were found.
    public var recall: Double
    /// The harmonic mean of both, recall weighted by beta² where beta is not 1.
    public var fscore: Double
    /// References of this class.
    public var support: Int

    public init(precision: Double, recall: Double, fscore: Double, support: Int) {
        self.precision = precision
        self.recall = recall
        self.fscore = fscore
        self.support = support
    }

    init(right: Int, predicted: Int, wanted: Int, beta: Double, zeroDivision: ZeroDivision) {
        precision = zeroDivision.divide(Double(right), Double(predicted))
        recall = zeroDivision.divide(Double(right), Double(wanted))
        let square = beta * beta
        // From the counts, so that nothing is rounded twice.
        fscore =
            beta.isInfinite
            ? recall
            : zeroDivision.divide((1 + square) * Double(right), square * Double(wanted) + Double(predicted))
        support = wanted
    }
}
