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
            var known = names
            var reason = ""
            if case .cache(let why, nil) = snapshot.source {
                // Without a list of all files the names of parts tell what else there is.
                known += NumberedFile.lacking(in: names)
                reason = why
            }
            let (wanted, choice) = try choose(known, try await card(of: snapshot, names))
            let missing = wanted.subtracting(names)
            guard missing.isEmpty else {
                throw HubError.incompleteSnapshot(repoId, missing: missing.sorted(), reason: reason)
            }
            let folder = try await snapshot.bring(progress: progress) { wanted.contains($0) || $0 == Self.card }
            return (folder, choice)
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
