package import Foundation

extension HfApi {
    /// Looks up a data set repository, downloads the files that `choose` names, and tells where they are.
    ///
    /// - Parameters:
    ///   - choose: Gets the names of all files and the text of `README.md`, where there is one; gives those that are wanted.
    ///   - progress: Told how far it is.
    /// - Returns: The folder of the snapshot.
    /// - Throws: ``HubError``; what `choose` throws; `CancellationError`.
    package func datasetFolder(
        _ repoId: String, revision: String? = nil, localFilesOnly: Bool = false, progress: TransferProgressHandler?,
        choose: ([String], String?) throws -> Set<String>
    ) async throws -> URL {
        let snapshot = try await Snapshot.find(
            self, repoId, .dataset, revision: revision, localFilesOnly: localFilesOnly)
        let names = try snapshot.fileNames
        var card: String?
        if names.contains(Self.card) {
            let folder = try await snapshot.bring { $0 == Self.card }
            let file = try FileDescriptor(folder.appending(path: Self.card).path, .read, followsLinks: true)
            if try file.size() <= Self.longestCard {
                card = String(decoding: try Data(contentsOf: URL(filePath: file.path)), as: UTF8.self)
            }
        }
        let wanted = try choose(names, card)
        return try await snapshot.bring(progress: progress) { wanted.contains($0) || $0 == Self.card }
    }

    private static let card = "README.md"
    private static let longestCard = 16 << 20
}
