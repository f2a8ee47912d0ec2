public import Datasets
import Foundation
public import ModelHub

/// Loads a data set of the Hub: `try await loadDataset("org/name")`. A path that is there on the disk is taken as such, as by
/// `loadDataset(folder:)`.
///
/// Its files are downloaded into Hugging Face's cache, those alone that are needed. Which they are, and which split each
/// belongs to, is what its `README.md` says (`configs`), or what their names tell; Parquet comes before other formats.
///
/// - Parameters:
///   - path: The repository, `org/name`; or a folder.
///   - name: The configuration, such as `sst2`; nil: the default one.
///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
///   - token: The access token; by default the environment's, or that of `hf auth login`.
///   - cacheDir: The folder of repositories; nil: `HF_HUB_CACHE`.
///   - localFilesOnly: Take what the cache has, and ask nothing.
///   - progress: Told how far it is.
/// - Throws: `HubError`, `DatasetError`.
public func loadDataset(
    _ path: String, name: String? = nil, revision: String? = nil, token: HubToken = .implicit,
    cacheDir: String? = nil, localFilesOnly: Bool = false, progress: TransferProgressHandler? = nil
) async throws -> DatasetDict {
    if FileManager.default.fileExists(atPath: path) { return try loadDataset(folder: path, name: name) }
    return try await HubDataset.find(
        path, name: name, revision: revision, api: HfApi(token: token, cacheDir: cacheDir),
        localFilesOnly: localFilesOnly, progress: progress
    ).load()
}

/// The files of a data set of the Hub, in the cache.
package struct HubDataset: Sendable {
    private let layout: DatasetLayout
    private let folder: URL

    package static func find(
        _ repoId: String, name: String?, revision: String?, api: HfApi, localFilesOnly: Bool = false,
        progress: TransferProgressHandler? = nil
    ) async throws -> HubDataset {
        let (folder, layout) = try await api.datasetFolder(
            repoId, revision: revision, localFilesOnly: localFilesOnly, progress: progress
        ) { names, card in
            let layout = try DatasetLayout(names: names, card: card, name: name, source: repoId)
            return (Set(layout.splits.flatMap(\.files)), layout)
        }
        return HubDataset(layout: layout, folder: folder)
    }

    /// The splits in order.
    package var splitNames: [String] { layout.splits.map(\.name) }

    /// The paths of a split's files; nil where there is no such split.
    package func files(of split: String) -> [String]? {
        layout.splits.first { $0.name == split }?.files.map { folder.appending(path: $0).path }
    }

    /// - Throws: `DatasetError`.
    package func load() throws -> DatasetDict { try layout.load(in: folder.path) }
}
