/// What the losses of a step are weighted by: counted on the host, for one rank or added up over all.
struct LossCounts {
    /// Labels that count, as ``LossScaling`` counts them; the rows where there are no labels.
    var labels: Double
    /// The weights of the losses.
    var weight: Double

    /// - Parameter isWhole: Whether these are all batches of the step; a single one then needs no weight, which may take
    ///   tensor operations to find.
    init(_ group: [Batch], model: any TrainableModel, mode: LossScaling, isWhole: Bool) {
        labels = group.reduce(0) {
            $0 + Double(mode == .python ? model.pythonLabelCount($1) : model.labelCount($1))
        }
        let isWeighed = mode == .mean && !(isWhole && group.count == 1)
        weight = isWeighed ? group.reduce(0) { $0 + model.lossWeight($1) } : 0
    }

    private init(labels: Double, weight: Double) {
        self.labels = labels
        self.weight = weight
    }

    /// The sums over all ranks.
    func added(over ranks: Ranks) throws -> LossCounts {
        let sums = try ranks.sum([labels, weight])
        return LossCounts(labels: sums[0], weight: sums[1])
    }
}
