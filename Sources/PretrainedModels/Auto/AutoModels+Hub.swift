import Foundation
public import ModelHub
public import OrderedJSON
public import Tokenization

/// From the Hub or a folder: `fromPretrained("org/name")`. A folder that exists comes first, as in Python.
///
/// What is downloaded stays in Hugging Face's cache (see `HfApi`), which Python shares; without a network, or with
/// `HF_HUB_OFFLINE`, what is there is taken.
extension AutoConfig {
    /// The configuration of a folder or of a repository; parameters as in
    /// ``AutoModelClass/fromPretrained(_:revision:token:cacheDir:localFilesOnly:config:ignoreMismatchedSizes:)``.
    ///
    /// - Throws: `HubError`, ``PretrainedModelError``.
    public static func fromPretrained(
        _ idOrFolder: String, revision: String? = nil, token: HubToken = .implicit, cacheDir: String? = nil,
        localFilesOnly: Bool = false
    ) async throws -> ModelConfiguration {
        let folder = try await PretrainedFolder.find(
            idOrFolder, .configuration, revision: revision, token: token, cacheDir: cacheDir,
            localFilesOnly: localFilesOnly)
        return try fromPretrained(folder: folder)
    }
}

extension AutoTokenizer {
    /// The tokenizer of a folder or of a repository; parameters as in
    /// ``AutoModelClass/fromPretrained(_:revision:token:cacheDir:localFilesOnly:config:ignoreMismatchedSizes:)``.
    ///
    /// - Throws: `HubError`, `TokenizerError`.
    public static func fromPretrained(
        _ idOrFolder: String, revision: String? = nil, token: HubToken = .implicit, cacheDir: String? = nil,
        localFilesOnly: Bool = false
    ) async throws -> Tokenizer {
        let folder = try await PretrainedFolder.find(
            idOrFolder, .tokenizer, revision: revision, token: token, cacheDir: cacheDir,
            localFilesOnly: localFilesOnly)
        return try fromPretrained(folder: folder)
    }
}

extension AutoModelClass {
    /// Loads the model of a folder, or of a repository of the Hub.
    ///
    /// - Parameters:
    ///   - idOrFolder: A folder that exists, or a repository of the Hub: `org/name`.
    ///   - revision: A branch, tag, commit or `refs/pr/1`; nil: `main`.
    ///   - token: The access token; by default the environment's, or that of `hf auth login`.
    ///   - cacheDir: The folder of repositories; nil: `HF_HUB_CACHE`.
    ///   - localFilesOnly: Take what the cache has, and ask nothing.
    ///   - config: Values that replace the configuration's.
    ///   - ignoreMismatchedSizes: Whether weights of another shape are replaced by new ones.
    /// - Throws: `HubError`, ``PretrainedModelError``.
    public static func fromPretrained(
        _ idOrFolder: String, revision: String? = nil, token: HubToken = .implicit, cacheDir: String? = nil,
        localFilesOnly: Bool = false, config: [String: JSONValue] = [:], ignoreMismatchedSizes: Bool = false
    ) async throws -> sending Model {
        let folder = try await PretrainedFolder.find(
            idOrFolder, [.configuration, .weights], otherFiles: task == .causalLM ? [GenerationConfig.fileName] : [],
            revision: revision, token: token, cacheDir: cacheDir, localFilesOnly: localFilesOnly)
        let model = try fromPretrained(
            folder: folder, config: config, ignoreMismatchedSizes: ignoreMismatchedSizes)
        model.config.nameOrPath = idOrFolder
        return model
    }
}

extension AutoClassifierClass {
    /// The classifier of a folder or of a repository; parameters as in
    /// ``AutoModelClass/fromPretrained(_:revision:token:cacheDir:localFilesOnly:config:ignoreMismatchedSizes:)``, labels as
    /// for a folder.
    ///
    /// - Throws: `HubError`, ``PretrainedModelError``.
    public static func fromPretrained(
        _ idOrFolder: String, numLabels: Int? = nil, labels: [String]? = nil, revision: String? = nil,
        token: HubToken = .implicit, cacheDir: String? = nil, localFilesOnly: Bool = false,
        config: [String: JSONValue] = [:], ignoreMismatchedSizes: Bool = false
    ) async throws -> sending Model {
        let folder = try await PretrainedFolder.find(
            idOrFolder, [.configuration, .weights], revision: revision, token: token, cacheDir: cacheDir,
            localFilesOnly: localFilesOnly)
        let model = try fromPretrained(
            folder: folder, numLabels: numLabels, labels: labels, config: config,
            ignoreMismatchedSizes: ignoreMismatchedSizes)
        model.config.nameOrPath = idOrFolder
        return model
    }
}
