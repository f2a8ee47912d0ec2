public import Datasets
import Foundation
public import ModelHub

/// Loads a data set of the Hub: `try await loadDataset("org/name")`.
///
/// Its files are downloaded into Hugging Face's cache, those alone that are needed. Which they are, and which split each
/// belongs to, is what its `README.md` says (`configs`), or what their names tell; Parquet comes before other formats.
///
/// - Parameters:
///   - repoId: The repository: `org/name`.
///   - name: The configuration, such as `sst2`; nil: the default one.
///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
///   - token: The access token; by default the environment's, or that of `hf auth login`.
///   - cacheDir: The folder of repositories; nil: `HF_HUB_CACHE`.
///   - localFilesOnly: Take what the cache has, and ask nothing.
///   - progress: Told how far it is.
/// - Throws: `HubError`, ``DatasetFilesError``, `DatasetError`.
public func loadDataset(
    _ repoId: String, name: String? = nil, revision: String? = nil, token: HubToken = .implicit,
    cacheDir: String? = nil, localFilesOnly: Bool = false, progress: TransferProgressHandler? = nil
) async throws -> DatasetDict {
    let files = try await HubDataset.find(
        repoId, name: name, revision: revision, api: HfApi(token: token, cacheDir: cacheDir),
        localFilesOnly: localFilesOnly, progress: progress)
    return DatasetDict(
        try files.splits.map { ($0.name, try HubDataset.read($0.files, split: $0.name, of: repoId)) })
}

/// The files of a data set of the Hub, in the cache.
package struct HubDataset: Sendable {
    /// The splits in order, each with the paths of its files.
    package let splits: [(name: String, files: [String])]

    package static func find(
        _ repoId: String, name: String?, revision: String?, api: HfApi, localFilesOnly: Bool = false,
        progress: TransferProgressHandler? = nil
    ) async throws -> HubDataset {
        var found: DatasetFiles?
        let folder = try await api.datasetFolder(
            repoId, revision: revision, localFilesOnly: localFilesOnly, progress: progress
        ) { names, card in
            let files = try DatasetFiles(repoId, names: names, card: card, configuration: name)
            found = files
            return files.names
        }
        return HubDataset(
            splits: (found?.splits ?? []).map { ($0.name, $0.files.map { folder.appending(path: $0).path }) })
    }

    /// The file of a split; nil where there is no such split.
    ///
    /// - Throws: ``DatasetFilesError/severalFiles(_:split:count:)``.
    package func onlyFile(of split: String, _ id: String) throws(DatasetFilesError) -> String? {
        guard let files = splits.first(where: { $0.name == split })?.files else { return nil }
        guard files.count == 1 else { throw .severalFiles(id, split: split, count: files.count) }
        return files[0]
    }

    /// Reads the files of one split, by their extension.
    ///
    /// - Throws: `DatasetError`, ``DatasetFilesError``.
    static func read(_ files: [String], split: String, of id: String) throws -> Dataset {
        guard files.count == 1 else { throw DatasetFilesError.severalFiles(id, split: split, count: files.count) }
        switch (files[0] as NSString).pathExtension.lowercased() {
        case "csv": return try Dataset.fromCSV(files[0])
        case "tsv": return try Dataset.fromTSV(files[0])
        case "jsonl", "json": return try Dataset.fromJSONLines(files[0])
        default: throw DatasetFilesError.unreadable(id, file: files[0])
        }
    }
}
