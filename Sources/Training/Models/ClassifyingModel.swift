/// A model that tells how many classes it distinguishes, so that labels can be checked before training.
public protocol ClassifyingModel {
    var numLabels: Int { get }
    /// Factors of the classes in the loss; nil: all alike.
    var classWeights: [Double]? { get }
}

extension ClassifyingModel {
    public var classWeights: [Double]? { nil }
}
