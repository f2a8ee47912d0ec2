public import Foundation
public import Torch

/// A model that has files beside its weights (`config.json`); saved with every checkpoint.
public protocol ModelWithFiles {
    /// Names and contents.
    var modelFiles: [(name: String, contents: Data)] { get }
}

/// A model that may have an adapter: then its checkpoints hold the adapter's weights alone.
public protocol ModelWithAdapter: Module {
    /// Name of the adapter's file and what it holds: the model's own tensors, which loading fills; nil: no adapter, and
    /// all weights are saved.
    var adapterWeights: (file: String, weights: StateDict)? { get }
}

/// The files of a model's weights.
enum WeightFiles {
    static let whole = "model.safetensors"
    static let index = "model.safetensors.index.json"
    static let adapter = "adapter_model.safetensors"

    /// Name and contents of what a checkpoint of the model holds.
    static func saved(_ model: Module) -> (file: String, weights: StateDict) {
        (model as? any ModelWithAdapter)?.adapterWeights ?? (whole, model.stateDict())
    }
}

/// The files of a processing class, such as a tokenizer's.
enum ProcessingFiles {
    /// Lets it write them into a folder of their own, and reads them back: so they are saved like all other files.
    static func contents(of processingClass: any ProcessingClass) throws -> [(name: String, contents: Data)] {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appending(path: "processing-\(UUID().uuidString)")
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: folder) }
        try processingClass.saveProcessing(to: folder)
        return try manager.subpathsOfDirectory(atPath: folder.path).sorted().compactMap { name in
            let file = folder.appending(path: name)
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
            return (name, try Data(contentsOf: file))
        }
    }
}
