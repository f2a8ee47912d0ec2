import Foundation
import ModelHub
import Training

/// A folder that holds an adapter, and names the model below it.
struct AdapterFolder {
    static let weightsFile = "adapter_model.safetensors"
    /// Of older versions of PEFT.
    static let pickledFile = "adapter_model.bin"

    /// The configuration of the model with the adapter's labels; only folders that were written here have it.
    static let modelConfiguration = "model_config.json"

    let folder: URL
    let configuration: LoRAConfiguration

    /// nil: the folder holds none; one with a whole model in it is a model's.
    ///
    /// - Throws: ``PretrainedModelError`` for an adapter that is not supported.
    init?(_ folder: URL) throws {
        func has(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        guard has(LoRAConfiguration.fileName), !WeightLoading.files.contains(where: has) else { return nil }
        self.folder = folder
        configuration = try LoRAConfiguration(folder: folder)
    }

    /// The folder of the model below: one of the disk, or of the Hub's cache, filled where it lacks something.
    ///
    /// - Throws: ``PretrainedModelError/configuration(_:_:)``, `HubError`.
    func base() throws -> URL {
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

    /// Takes the files of an adapter away: beside a whole model Python would put it on top.
    static func removeAdapter(from folder: URL) {
        for name in [LoRAConfiguration.fileName, "adapter_model.safetensors", modelConfiguration] {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

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
    /// The configuration of a folder. That of an adapter's folder is its own, which ours have for the labels' sake, or that
    /// of the model below.
    ///
    /// - Throws: ``PretrainedModelError``, `HubError`.
    init(pretrained folder: URL) throws {
        let names = ["config.json", AdapterFolder.modelConfiguration]
        let own = names.first { FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }
        if own == nil, let adapter = try AdapterFolder(folder) {
            try self.init(folder: adapter.base())
        } else {
            try self.init(folder: folder, file: own ?? names[0])
        }
        nameOrPath = folder.path
    }
}
