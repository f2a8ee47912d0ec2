public import Foundation

/// A model that has files beside its weights (`config.json`); saved with every checkpoint.
public protocol ModelWithFiles {
    /// Names and contents.
    var modelFiles: [(name: String, contents: Data)] { get }
}

extension Trainer {
    /// Writes the model's weights and files, and those of the processing class, into a folder that exists.
    func writeModelFiles(into folder: URL) throws {
        for (name, contents) in (model as? any ModelWithFiles)?.modelFiles ?? [] {
            try files.write(folder.appending(path: name).path, contents)
        }
        let weights = try Safetensors.serialized(model.stateDict())
        let path = folder.appending(path: "model.safetensors").path
        try files.write(path) { try Safetensors.write(weights, fileName: path, to: $0) }
        guard let processingClass else { return }
        let before = try names(in: folder)
        try processingClass.saveProcessing(to: folder)
        for name in try names(in: folder).subtracting(before) {
            try files.synchronize(folder.appending(path: name).path)
        }
    }

    func names(in folder: URL) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }
}
