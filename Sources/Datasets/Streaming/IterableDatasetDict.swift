/// Streams by the names of their splits, in order: what `loadDataset` gives for `streaming: true`.
public struct IterableDatasetDict: Sendable {
    /// The names and streams, in order.
    public let members: [(name: String, dataset: IterableDataset)]

    /// The streams in order; of two with one name the first is found.
    public init(_ members: [(String, IterableDataset)]) { self.members = members.map { ($0, $1) } }

    /// The splits' names, in order.
    public var splitNames: [String] { members.map(\.name) }

    /// The split `name`, which must exist: ``split(_:)`` is the throwing form.
    public subscript(name: String) -> IterableDataset {
        guard let member = members.first(where: { $0.name == name }) else {
            preconditionFailure("\(DatasetError.unknownSplit(name: name, available: splitNames))")
        }
        return member.dataset
    }

    /// The split `name`.
    /// - Throws: ``DatasetError/unknownSplit(name:available:)``
    public func split(_ name: String) throws -> IterableDataset {
        guard let member = members.first(where: { $0.name == name }) else {
            throw DatasetError.unknownSplit(name: name, available: splitNames)
        }
        return member.dataset
    }

    /// Each split changed by `transform`: `try files.mapSplits { $0.shuffle(seed: 42) }`.
    public func mapSplits(_ transform: (IterableDataset) throws -> IterableDataset) rethrows -> IterableDatasetDict {
        IterableDatasetDict(try members.map { ($0.name, try transform($0.dataset)) })
    }
}
