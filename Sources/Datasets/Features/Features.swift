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
    /// The columns' places by name; empty for a few columns, which are as soon looked through.
    private let places: [String: Int]

    private static let manyColumns = 16

    public init(_ features: [Feature]) {
        self.features = features
        places =
            features.count <= Self.manyColumns
            ? [:] : Dictionary(features.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Names and types, sorted by name.
    init(_ types: [String: FeatureType]) {
        self.init(types.sorted { $0.key < $1.key }.map { Feature(name: $0.key, type: $0.value) })
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { features.count }
    public subscript(position: Int) -> Feature { features[position] }

    /// The type of the column `name`; nil where there is none.
    public subscript(name: String) -> FeatureType? {
        if places.isEmpty { return features.first { $0.name == name }?.type }
        return places[name].map { features[$0].type }
    }

    public static func == (left: Features, right: Features) -> Bool { left.features == right.features }
    public func hash(into hasher: inout Hasher) { hasher.combine(features) }
}

extension Features: CustomStringConvertible {
    public var description: String {
        "{" + features.map { "\($0.name): \($0.type)" }.joined(separator: ", ") + "}"
    }
}
