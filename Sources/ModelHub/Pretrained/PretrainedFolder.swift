public import Foundation
import OrderedJSON

/// The folder of a pretrained model: one of the disk, or of the cache, filled from the Hub with what is needed.
public struct PretrainedFolder: Sendable {
    /// What of a model is needed.
    public struct Parts: OptionSet, Sendable, Hashable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// `config.json`.
        public static let configuration = Parts(rawValue: 1)
        public static let tokenizer = Parts(rawValue: 2)
        /// The weights, safetensors where there are any; of a repository with an adapter alone, the adapter.
        public static let weights = Parts(rawValue: 4)
        public static let all: Parts = [.configuration, .tokenizer, .weights]
    }

    /// Whether the text is a folder that exists; as in Python that comes first.
    public static func exists(_ idOrFolder: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: idOrFolder, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The folder with the parts that are needed.
    ///
    /// - Parameters:
    ///   - idOrFolder: A folder that exists, which is taken as it is, or a repository: `org/name`.
    ///   - parts: What is needed.
    ///   - otherFiles: Names of further files to bring where the repository has them.
    ///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
    ///   - localFilesOnly: Take what the cache has, and ask nothing.
    ///   - api: Where from; by default the Hub that the environment names.
    ///   - progress: Told how far it is.
    /// - Throws: ``HubError``, `CancellationError`.
    public static func find(
        _ idOrFolder: String, _ parts: Parts, otherFiles: Set<String> = [], revision: String? = nil,
        localFilesOnly: Bool = false, api: HfApi? = nil, progress: TransferProgressHandler? = nil
    ) async throws -> URL {
        if exists(idOrFolder) { return URL(filePath: idOrFolder, directoryHint: .isDirectory) }
        guard RepositoryID.isValid(idOrFolder) else {
            throw HubError.argument(
                "'\(idOrFolder)' is neither a folder that exists nor the name of a repository of the Hub (org/name)")
        }
        let api = try api ?? HfApi()
        return try await HubNotice.told(to: progress) { progress in
            let snapshot = try await Snapshot.find(
                api, idOrFolder, .model, revision: revision, localFilesOnly: localFilesOnly)
            let wanted = try await files(parts, snapshot, idOrFolder).union(otherFiles)
            return try await snapshot.bring(progress: progress) { wanted.contains($0) }
        }
    }

    /// The same, from the Hub that the environment names.
    ///
    /// - Parameters:
    ///   - idOrFolder: A folder that exists, which is taken as it is, or a repository: `org/name`.
    ///   - parts: What is needed.
    ///   - otherFiles: Further files that are taken where they exist.
    ///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
    ///   - token: The access token.
    ///   - cacheDir: The folder of repositories; nil: `HF_HUB_CACHE`.
    ///   - localFilesOnly: Take what the cache has, and ask nothing.
    /// - Throws: ``HubError``, `CancellationError`.
    public static func find(
        _ idOrFolder: String, _ parts: Parts, otherFiles: Set<String> = [], revision: String?, token: HubToken,
        cacheDir: String?, localFilesOnly: Bool
    ) async throws -> URL {
        try await find(
            idOrFolder, parts, otherFiles: otherFiles, revision: revision, localFilesOnly: localFilesOnly,
            api: HfApi(token: token, cacheDir: cacheDir))
    }

    /// The names of the files that are needed.
    private static func files(_ parts: Parts, _ snapshot: Snapshot, _ id: String) async throws -> Set<String> {
        let names = Set(try snapshot.fileNames)
        var wanted: Set<String> = []
        if parts.contains(.configuration) {
            wanted.insert(configuration)
            if !names.contains(configuration) { wanted.formUnion(adapterConfigurations) }
        }
        if parts.contains(.tokenizer) {
            wanted.insert(configuration)
            wanted.formUnion(tokenizerFiles)
        }
        if parts.contains(.weights) {
            guard let weights = weightFiles.first(where: { names.contains($0) }) else {
                throw HubError.fileNotFound(
                    id, file: weightFiles.joined(separator: " or "), revision: snapshot.revision.description)
            }
            wanted.insert(weights)
            if weights.hasPrefix("adapter_model.") { wanted.formUnion(adapterConfigurations) }
            if weights.hasSuffix(".json") { wanted.formUnion(try await shards(of: weights, snapshot, names)) }
        }
        return wanted
    }

    private static let configuration = "config.json"
    /// Of an adapter, and of the model below it where ours has written it.
    private static let adapterConfigurations: Set<String> = ["adapter_config.json", "model_config.json"]
    private static let tokenizerFiles: Set<String> = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
        "vocab.json", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model",
        "chat_template.jinja", "chat_template.json",
    ]
    /// The first that a repository has is read.
    private static let weightFiles = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        // An adapter, which names the model below it.
        "adapter_model.safetensors", "adapter_model.bin",
    ]
    private static let longestIndex = 100 << 20

    /// The files that an index names: their names come from the network, and must be files of the same folder.
    private static func shards(
        of index: String, _ snapshot: Snapshot, _ names: Set<String>
    ) async throws -> Set<String> {
        let folder = try await snapshot.bring { $0 == index }
        let file = folder.appending(path: index)
        let handle = try FileDescriptor(file.path, .read, followsLinks: true)
        func malformed(_ reason: String) -> HubError { .file(path: file.path, reason: reason) }
        guard try handle.size() <= longestIndex else { throw malformed("it is too large for an index") }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: Data(contentsOf: file), depthLimit: 16)
        } catch {
            throw malformed("\(error)")
        }
        guard let map = json["weight_map"]?.objectValue else { throw malformed("it has no \"weight_map\"") }
        var shards: Set<String> = []
        for (_, value) in map {
            guard let name = value.stringValue else { throw malformed("a file in its \"weight_map\" is no text") }
            if !shards.insert(name).inserted { continue }
            guard try RepositoryPath(name).parts.count == 1 else { throw HubError.unsafeName(name) }
            guard names.contains(name) else {
                throw HubError.fileNotFound(
                    snapshot.id.description, file: name, revision: snapshot.revision.description)
            }
        }
        return shards
    }
}
