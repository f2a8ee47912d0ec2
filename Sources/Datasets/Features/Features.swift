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

    /// Names and types, sorted by name.
    init(_ types: [String: FeatureType]) {
        features = types.sorted { $0.key < $1.key }.map { Feature(name: $0.key, type: $0.value) }
    }

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
