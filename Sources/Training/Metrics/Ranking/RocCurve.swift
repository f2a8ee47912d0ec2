/// Scores of one class against the rest, best first, cut wherever the score changes.
struct RankedScores {
    /// Positives and negatives down to each cut.
    let cuts: [(positives: Int, negatives: Int)]

    var positives: Int { cuts.last?.positives ?? 0 }
    var negatives: Int { cuts.last?.negatives ?? 0 }

    init(_ scores: [Double], isPositive: [Bool]) {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var cuts: [(positives: Int, negatives: Int)] = []
        var sum = (positives: 0, negatives: 0)
        for (place, row) in order.enumerated() {
            if isPositive[row] { sum.positives += 1 } else { sum.negatives += 1 }
            let isLastOfTie = place + 1 == order.count || scores[order[place + 1]] != scores[row]
            if isLastOfTie { cuts.append(sum) }
        }
        self.cuts = cuts
    }

    /// The area under the ROC curve, ties joined by straight lines; NaN where there is one class only.
    var areaUnderCurve: Double {
        guard positives > 0, negatives > 0 else { return .nan }
        // Twice the area, in whole numbers.
        var area = 0
        var last = (positives: 0, negatives: 0)
        for cut in cuts {
            area += (cut.negatives - last.negatives) * (cut.positives + last.positives)
            last = cut
        }
        return Double(area) / (2 * Double(positives) * Double(negatives))
    }

    /// Precision at each cut, weighted by how much recall grows there; 0 without positives.
    var averagePrecision: Double {
        guard positives > 0 else { return 0 }
        var sum = 0.0
        var last = 0
        for cut in cuts where cut.positives > last {
            sum += Double(cut.positives - last) * Double(cut.positives) / Double(cut.positives + cut.negatives)
            last = cut.positives
        }
        return sum / Double(positives)
    }
}

/// Scores of several classes, checked: one row for each reference, one column for each class.
struct ClassColumns<Label: MetricLabel> {
    let classes: [Label]
    /// The column of each reference.
    let wanted: [Int]
    let scores: [[Double]]

    init(_ metric: String, scores: [[Double]], references: [Label], labels: [Label]?) throws(MetricError) {
        try MetricError.check(metric, predictions: scores.count, references: references.count)
        let classes = labels ?? Set(references).sorted()
        guard zip(classes, classes.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .invalid(metric: metric, reason: "labels must be in order, each once")
        }
        let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        for (row, values) in scores.enumerated() {
            guard values.count == classes.count else {
                throw .invalid(
                    metric: metric,
                    reason: "row \(row) has \(values.count) scores for \(classes.count) classes"
                        + (labels == nil ? "; give labels where some do not occur" : ""))
            }
            guard values.allSatisfy({ $0.isFinite }) else {
                throw .invalid(metric: metric, reason: "row \(row) has a score that is not a finite number")
            }
        }
        var wanted: [Int] = []
        wanted.reserveCapacity(references.count)
        for reference in references {
            guard let place = places[reference] else {
                throw .invalid(metric: metric, reason: "the reference \(reference) is none of labels")
            }
            wanted.append(place)
        }
        self.classes = classes
        self.wanted = wanted
        self.scores = scores
    }

    var support: [Double] {
        var counts = [Double](repeating: 0, count: classes.count)
        for place in wanted { counts[place] += 1 }
        return counts
    }

    /// Each class against all others.
    func ranked(_ column: Int) -> RankedScores {
        RankedScores(scores.map { $0[column] }, isPositive: wanted.map { $0 == column })
    }

    /// All cells of the table in one ranking.
    var rankedTogether: RankedScores {
        RankedScores(
            Array(scores.joined()),
            isPositive: wanted.flatMap { place in classes.indices.map { $0 == place } })
    }

    /// A score of each class against the rest, averaged as scikit-learn does.
    func averaged(_ average: MetricAverage, _ score: (RankedScores) -> Double) -> Double {
        if average == .micro { return score(rankedTogether) }
        let values = classes.indices.map { score(ranked($0)) }
        guard average == .weighted else { return values.reduce(0, +) / Double(values.count) }
        let support = support
        // A class that does not occur has no score, and no weight.
        return zip(values, support).reduce(0.0) { $0 + ($1.1 == 0 ? 0 : $1.0 * $1.1) } / Double(wanted.count)
    }
}

/// The positive class of references of two classes.
func isPositive<Label: MetricLabel>(
    _ metric: String, scores: [Double], references: [Label], posLabel: Label?
) throws(MetricError) -> [Bool] {
    try MetricError.check(metric, predictions: scores.count, references: references.count)
    guard scores.allSatisfy({ $0.isFinite }) else {
        throw .invalid(metric: metric, reason: "a score is not a finite number")
    }
    let present = Set(references).sorted()
    guard present.count <= 2, let greatest = present.last else {
        throw .invalid(
            metric: metric, reason: "one score a row is for two classes, and there are \(present.count)")
    }
    // The greater of two labels is the positive one, as in Python.
    let positive = posLabel ?? (present.count == 2 ? greatest : 1 as? Label)
    guard let positive else {
        throw .invalid(metric: metric, reason: "only one class occurs; say by posLabel whether it is the positive one")
    }
    guard present.count < 2 || present.contains(positive) else {
        throw .invalid(metric: metric, reason: "the positive class \(positive) does not occur")
    }
    return references.map { $0 == positive }
}
