/// How much each class counts in the loss.
public enum ClassWeights: String, Sendable, Hashable, CaseIterable {
    /// Each class as much as any other: rows ÷ (classes × rows of the class), as scikit-learn's `balanced`.
    case balanced

    /// The weights by class number; 0 for a class without rows.
    public func weights(labels: [Int], classes: Int) -> [Double] {
        var counts = [Int](repeating: 0, count: classes)
        for label in labels { counts[label] += 1 }
        return counts.map { $0 == 0 ? 0 : Double(labels.count) / (Double(classes) * Double($0)) }
    }
}
