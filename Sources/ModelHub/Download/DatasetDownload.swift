package import Foundation

extension HfApi {
    /// Looks up a data set repository, downloads the files that `choose` names, and tells where they are.
    ///
    /// - Parameters:
    ///   - choose: Gets the names of all files and the text of `README.md`, where there is one; gives those that are wanted,
    ///     and what it has found out.
    ///   - progress: Told how far it is.
    /// - Returns: The folder of the snapshot, and what `choose` has found out.
    /// - Throws: ``HubError``; what `choose` throws; `CancellationError`.
    package func datasetFolder<Choice>(
        _ repoId: String, revision: String? = nil, localFilesOnly: Bool = false, progress: TransferProgressHandler?,
        choose: ([String], String?) throws -> (Set<String>, Choice)
    ) async throws -> (URL, Choice) {
        try await HubNotice.told(to: progress) { progress in
            let snapshot = try await Snapshot.find(
                self, repoId, .dataset, revision: revision, localFilesOnly: localFilesOnly)
            let names = try snapshot.fileNames
            let (wanted, choice) = try choose(names, try await card(of: snapshot, names))
            try checkParts(of: wanted, snapshot, repoId)
            let folder = try await snapshot.bring(progress: progress) { wanted.contains($0) || $0 == Self.card }
            return (folder, choice)
        }
    }

    /// Of a cache without a list of all files the names of parts tell what should be there: `train-00000-of-00002.parquet`.
    private func checkParts(of wanted: Set<String>, _ snapshot: Snapshot, _ repoId: String) throws(HubError) {
        guard case .cache(let reason, nil) = snapshot.source else { return }
        let missing = Set(wanted.flatMap { NumberedFile($0)?.allNames ?? [] }).subtracting(wanted)
        guard missing.isEmpty else {
            throw .incompleteSnapshot(repoId, missing: missing.sorted(), reason: reason)
        }
    }

    /// The text of `README.md`; nil where there is none.
    private func card(of snapshot: Snapshot, _ names: [String]) async throws -> String? {
        guard names.contains(Self.card) else { return nil }
        let folder = try await snapshot.bring { $0 == Self.card }
        let file = try FileDescriptor(folder.appending(path: Self.card).path, .read, followsLinks: true)
        guard try file.size() <= Self.longestCard else { return nil }
        return String(decoding: try Data(contentsOf: URL(filePath: file.path)), as: UTF8.self)
    }

    private static let card = "README.md"
    private static let longestCard = 16 << 20
}

/// One of several files that hold one split: `data/train-00000-of-00002.parquet`.
struct NumberedFile {
    private let beginning: Substring
    private let ending: Substring
    private let count: Int
    private static let digits = 5

    /// nil: another name.
    init?(_ name: String) {
        guard let middle = name.range(of: "-of-", options: .backwards) else { return nil }
        let number = name[..<middle.lowerBound].suffix(Self.digits)
        let total = name[middle.upperBound...].prefix(Self.digits)
        beginning = name[..<middle.lowerBound].dropLast(Self.digits)
        ending = name[middle.upperBound...].dropFirst(Self.digits)
        guard [number, total].allSatisfy({ $0.count == Self.digits && $0.allSatisfy(\.isASCII) }),
            beginning.hasSuffix("-"),
            ending.isEmpty || ending.hasPrefix("."), let place = Int(number), let count = Int(total),
            (0..<count).contains(place)
        else { return nil }
        self.count = count
    }

    /// The names of all of them.
    var allNames: [String] {
        func text(_ number: Int) -> String {
            String(repeating: "0", count: Self.digits - "\(number)".count) + "\(number)"
        }
        return (0..<count).map { "\(beginning)\(text($0))-of-\(text(count))\(ending)" }
    }
}
