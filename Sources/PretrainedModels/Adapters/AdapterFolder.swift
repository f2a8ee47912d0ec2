import Foundation
import ModelHub
import Training

/// A folder that holds an adapter, and names the model below it or holds that too.
struct AdapterFolder {
    static let weightsFile = "adapter_model.safetensors"
    /// Of older versions of PEFT.
    static let pickledFile = "adapter_model.bin"

    /// The configuration of the model with the adapter's labels; only folders that were written here have it.
    static let modelConfiguration = "model_config.json"

    let folder: URL
    let configuration: LoRAConfiguration
    /// Whether the adapter goes on the folder's own model, whatever it names: Python's test for that is `config.json`.
    private(set) var holdsModel: Bool

    /// nil: the folder holds none.
    ///
    /// - Throws: ``PretrainedModelError`` for an adapter that is not supported.
    init?(_ folder: URL) throws {
        guard Self.has(LoRAConfiguration.fileName, folder) else { return nil }
        self.folder = folder
        configuration = try LoRAConfiguration(folder: folder)
        holdsModel = Self.has("config.json", folder)
    }

    private static func has(_ name: String, _ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    /// The adapter on the model that it names, as PEFT reads it, though another may lie beside it.
    var onNamedModel: AdapterFolder {
        var result = self
        result.holdsModel = false
        return result
    }

    /// The folder of the model below: one of the disk, or of the Hub's cache, filled where it lacks something.
    ///
    /// - Throws: ``PretrainedModelError/configuration(_:_:)``, `HubError`.
    func base() throws -> URL {
        if holdsModel { return folder }
        let file = folder.appending(path: LoRAConfiguration.fileName).path
        guard let name = configuration.baseModelNameOrPath else {
            throw PretrainedModelError.configuration(
                file, "it has no base_model_name_or_path, the folder or the name of the model below the adapter")
        }
        if PretrainedFolder.exists(name) { return URL(filePath: name, directoryHint: .isDirectory) }
        guard RepositoryID.isValid(name), !name.hasPrefix(".") else {
            throw PretrainedModelError.configuration(
                file,
                "base_model_name_or_path is '\(name)', where there is no folder; load the model and give it the "
                    + "adapter with loadAdapter(folder:)")
        }
        let revision = configuration.revision
        return try BlockingHubTask {
            try await PretrainedFolder.find(
                name, [.configuration, .weights], otherFiles: [GenerationConfig.fileName], revision: revision)
        }.wait()
    }

    /// The configuration of the model with the adapter: the folder's own, which ours have for the labels' sake, or that of
    /// the model below.
    ///
    /// - Throws: ``PretrainedModelError``, `HubError`.
    func modelConfiguration() throws -> ModelConfiguration {
        if !holdsModel, Self.has(Self.modelConfiguration, folder) {
            return try ModelConfiguration(folder: folder, file: Self.modelConfiguration)
        }
        return try ModelConfiguration(folder: base())
    }

    /// Says that two models may be meant, where the folder holds another than the one that the adapter was made for.
    func warnOfTwoModels() {
        guard holdsModel, let name = configuration.baseModelNameOrPath else { return }
        let named = URL(filePath: name).standardizedFileURL.resolvingSymlinksInPath().path
        guard named != folder.standardizedFileURL.resolvingSymlinksInPath().path else { return }
        Warnings.warn(
            "\(folder.path) holds a whole model and an adapter that was made for \(name); as in Python the adapter is put "
                + "on the folder's own model")
    }

    /// What an adapter's folder has beside a whole model's: Python would put it on top.
    static let files = [LoRAConfiguration.fileName, weightsFile, pickledFile, modelConfiguration]

    /// The model's names of an adapter's tensors.
    static func names(in weights: StateDict) -> Set<String> {
        Set(weights.names.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 })
    }

    /// What PEFT puts before the model's names.
    static let prefix = "base_model.model."

    /// The adapter's tensors by PEFT's names.
    ///
    /// - Throws: ``PretrainedModelError/noWeights(folder:looked:)``, `SafetensorsError`, `TorchArchiveError`.
    func weights() throws -> StateDict {
        let file = folder.appending(path: Self.weightsFile)
        if FileManager.default.fileExists(atPath: file.path) { return try Safetensors.load(file) }
        let pickled = folder.appending(path: Self.pickledFile)
        guard FileManager.default.fileExists(atPath: pickled.path) else {
            throw PretrainedModelError.noWeights(folder: folder.path, looked: [Self.weightsFile, Self.pickledFile])
        }
        return try withTorchErrors { try PickledWeights.load(pickled) }
    }
}

extension ModelConfiguration {
    /// The configuration of a folder: of a model, or of an adapter.
    ///
    /// - Throws: ``PretrainedModelError``, `HubError`.
    init(pretrained folder: URL) throws {
        if let adapter = try AdapterFolder(folder) {
            self = try adapter.modelConfiguration()
        } else {
            try self.init(folder: folder, file: "config.json")
        }
        nameOrPath = folder.path
    }
}
