/// The columns that data sets have together.
struct FeatureAlignment {
    /// Every column once, in the order in which they first come.
    let features: Features

    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where a column has two types.
    init(_ all: [Features]) throws {
        var names: [String] = []
        var types: [String: FeatureType] = [:]
        for features in all {
            for feature in features {
                guard let known = types[feature.name] else {
                    names.append(feature.name)
                    types[feature.name] = feature.type
                    continue
                }
                guard let type = Self.common(known, feature.type) else {
                    throw DatasetError.invalidArgument(
                        name: "column '\(feature.name)'",
                        problem: "is \(known) in one data set and \(feature.type) in another; cast one of them")
                }
                types[feature.name] = type
            }
        }
        features = Features(names.map { Features.Feature(name: $0, type: types[$0] ?? .null) })
    }

    /// The type that holds the values of both; nil where there is none. Columns without a value, and lists without an
    /// element, fit any.
    static func common(_ left: FeatureType, _ right: FeatureType) -> FeatureType? {
        switch (left, right) {
        case (.null, let other), (let other, .null): return other
        case (.list(let one), .list(let other)): return common(one, other).map { .list($0) }
        default: return left == right ? left : nil
        }
    }
}
