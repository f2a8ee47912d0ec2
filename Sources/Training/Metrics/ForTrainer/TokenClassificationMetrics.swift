/// Entity scores of a model that tags tokens, ready for ``Trainer``:
///
/// ```swift
/// computeMetrics: TokenClassificationMetrics(labels: ["O", "B-PER", "I-PER"]).compute
/// ```
public struct TokenClassificationMetrics: Sendable {
    /// The tags by class id.
    public let labels: [String]
    /// The scheme for strict scores; nil: as conlleval.
    public let scheme: TaggingScheme?
    /// Whether each type's numbers are given too.
    public let entityLevel: Bool
    /// For each row of the data and each of its labelled tokens, whether the token begins a word: the others do not
    /// count. nil where every labelled token is a word. Where all pieces of a word are labelled, scores would otherwise
    /// be of pieces, with long words counted more than once.
    public let wordStarts: [[Bool]]?

    public init(
        labels: [String], scheme: TaggingScheme? = nil, entityLevel: Bool = false, wordStarts: [[Bool]]? = nil
    ) {
        self.labels = labels
        self.scheme = scheme
        self.entityLevel = entityLevel
        self.wordStarts = wordStarts
    }

    /// `precision`, `recall`, `f1` and `accuracy` of logits `[N, L, classes]`, or class ids `[N, L]`, as Hugging Face's
    /// token classification examples: tokens whose label is -100 are left out.
    ///
    /// - Throws: ``MetricError`` where the shapes do not fit, an id has no tag, or no label counts.
    public func compute(_ prediction: EvalPrediction) throws -> Metrics {
        try report(prediction).metrics(entityLevel: entityLevel)
    }

    /// All entity scores.
    ///
    /// - Throws: As ``compute(_:)``.
    public func report(_ prediction: EvalPrediction) throws -> EntityReport {
        let (predictions, wanted) = (prediction.predictions, prediction.labelIds)
        let given = try withTorchErrors {
            predictions.dim == wanted.dim + 1 ? predictions.argmax(dim: -1) : predictions
        }
        guard wanted.dim == 2, given.shape == wanted.shape else {
            throw MetricError.invalid(
                metric: "seqeval",
                reason: "predictions of the shape \(predictions.shape) do not fit labels of \(wanted.shape)")
        }
        let (ids, references) = try withTorchErrors { (given.array(of: Int.self), wanted.array(of: Int.self)) }
        let width = wanted.size(1)
        func words(_ sentence: Int) throws -> [Int] {
            let labelled = (sentence * width..<(sentence + 1) * width).filter { references[$0] != -100 }
            guard let wordStarts else { return labelled }
            guard wordStarts.count == wanted.size(0), wordStarts[sentence].count == labelled.count else {
                throw MetricError.invalid(
                    metric: "seqeval", reason: "row \(sentence): wordStarts belongs to other data than the labels")
            }
            return zip(labelled, wordStarts[sentence]).filter { $0.1 }.map { $0.0 }
        }
        func tags(_ values: [Int], _ sentence: Int) throws -> [String] {
            try words(sentence).map { place in
                guard labels.indices.contains(values[place]) else {
                    throw MetricError.invalid(
                        metric: "seqeval", reason: "there are \(labels.count) tags, and none for id \(values[place])")
                }
                return labels[values[place]]
            }
        }
        let sentences = 0..<wanted.size(0)
        return try EntityReport(
            predictions: sentences.map { try tags(ids, $0) }, references: sentences.map { try tags(references, $0) },
            scheme: scheme)
    }
}
