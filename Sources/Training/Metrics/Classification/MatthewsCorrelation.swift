/// Matthews' correlation coefficient, for any number of classes: 1 where all is right, 0 for chance; scikit-learn's
/// `matthews_corrcoef`. 0 where all predictions or all references are of one class.
///
/// - Throws: ``MetricError`` for different counts or no rows.
public func matthewsCorrcoef<Label: MetricLabel>(predictions: [Label], references: [Label]) throws -> Double {
    let counts = try ClassCounts("matthews_corrcoef", predictions: predictions, references: references, labels: nil)
    return matthewsCorrcoef(
        right: counts.right.reduce(0, +), predicted: counts.predicted, wanted: counts.wanted)
}

func matthewsCorrcoef(right: Int, predicted: [Int], wanted: [Int]) -> Double {
    let rows = Double(wanted.reduce(0, +))
    func dot(_ a: [Int], _ b: [Int]) -> Double { zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
    let covariance = Double(right) * rows - dot(wanted, predicted)
    let spread = (rows * rows - dot(predicted, predicted)) * (rows * rows - dot(wanted, wanted))
    return spread == 0 ? 0 : covariance / spread.squareRoot()
}
