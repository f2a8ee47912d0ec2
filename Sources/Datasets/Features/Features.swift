/// A data set's schema: the columns' names and types, in order.
public struct Features: Sendable, Hashable, RandomAccessCollection {
    /// A column's name and type.
    public struct Feature: Sendable, Hashable {
        public let name: String
        public let type: FeatureType

        public init(name: String, type: FeatureType) {
            self.name = name
            self.type = type
        }
    }

    private let features: [Feature]

    public init(_ features: [Feature]) { self.features = features }

    public var startIndex: Int { 0 }
    public var endIndex: Int { features.count }
    public subscript(position: Int) -> Feature { features[position] }

    /// The type of the column `name`; nil where there is none.
    public subscript(name: String) -> FeatureType? { features.first { $0.name == name }?.type }
}

extension Features: CustomStringConvertible {
    public var description: String {
        "{" + features.map { "\($0.name): \($0.type)" }.joined(separator: ", ") + "}"
    }
}
