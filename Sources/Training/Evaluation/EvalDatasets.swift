/// Several evaluation sets by name, in order: each is evaluated by itself, and its numbers begin with `eval_<name>_`.
///
/// ```swift
/// let trainer = try Trainer(
///     model: model, trainDataset: train, evalDataset: ["matched": matched, "mismatched": mismatched])
/// ```
public struct EvalDatasets: TrainerDataset, ExpressibleByDictionaryLiteral {
    /// Names and data sets.
    public let datasets: [(name: String, dataset: any TrainerDataset)]

    public init(_ datasets: [(name: String, dataset: any TrainerDataset)]) { self.datasets = datasets }
    public init(_ datasets: KeyValuePairs<String, any TrainerDataset>) {
        self.init(datasets.map { ($0.key, $0.value) })
    }
    public init(dictionaryLiteral elements: (String, any TrainerDataset)...) {
        self.init(elements.map { ($0, $1) })
    }

    /// Several sets are not one.
    ///
    /// - Throws: ``TrainingError/argument(_:)``.
    public func examples(_ context: CollationContext) throws -> Examples {
        throw TrainingError.argument("several data sets by name can be evaluated, not trained or predicted as one")
    }
}

/// One evaluation set; without a name where it is the only one.
struct EvalSet {
    let name: String?
    let examples: Examples

    /// `eval`, or `eval_<name>`.
    func prefix(_ prefix: String) -> String { name.map { "\(prefix)_\($0)" } ?? prefix }

    static func all(in dataset: (any TrainerDataset)?, _ context: CollationContext) throws -> [EvalSet] {
        guard let dataset else { return [] }
        guard let several = dataset as? EvalDatasets else {
            return [EvalSet(name: nil, examples: try dataset.examples(context))]
        }
        let names = several.datasets.map { $0.name }
        guard !names.isEmpty, !names.contains(""), Set(names).count == names.count else {
            throw TrainingError.argument("the evaluation sets need different names, and there must be one at least")
        }
        return try several.datasets.map { EvalSet(name: $0.name, examples: try $0.dataset.examples(context)) }
    }
}
