import Foundation

/// The checkpoints of an output folder: `checkpoint-<step>`.
enum CheckpointFolders {
    static let prefix = "checkpoint-"
    /// Folders that are being written, or were when the program died.
    static let temporaryPrefix = ".tmp-checkpoint-"

    /// Step and folder of every checkpoint, by step.
    static func all(in folder: URL) -> [(step: Int, url: URL)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step >= 0 else { return nil }
            return (step, folder.appending(path: name))
        }.sorted { $0.step < $1.step }
    }

    /// What runs that died left behind.
    static func abandoned(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(temporaryPrefix) }.map { folder.appending(path: $0) }
    }

    static func hasWeights(_ folder: URL) -> Bool {
        ["model.safetensors", "model.safetensors.index.json"].contains {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
    }
}
