import Foundation
import Torch

/// Whether a checkpoint can be read, found out without reading its tensors.
enum CheckpointCheck {
    /// Python's mark of a checkpoint that it was writing on SIGTERM.
    private static let unfinishedMark = "checkpoint-is-incomplete.txt"
    private static let archives = ["optimizer.pt", "scheduler.pt", "scaler.pt", "rng_state.pth"]
    private static let randomPrefix = "rng_state"

    /// What is wrong, with the file's name; nil: nothing that shows in headers and sizes.
    ///
    /// Files that a checkpoint may lack (`save_only_model`) are looked at where they are.
    static func problem(in folder: URL) -> String? {
        func has(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        guard !has(unfinishedMark) else { return "its writing was not finished (it has a \(unfinishedMark))" }
        do {
            try checkWeights(folder)
            let state = folder.appending(path: "trainer_state.json")
            guard let data = try? Data(contentsOf: state) else {
                return "it has no readable \(state.lastPathComponent)"
            }
            _ = try TrainerState(fileContents: data, source: state.path)
            let states = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
                $0.hasPrefix("\(randomPrefix)_") && $0.hasSuffix(".pth")
            }
            for name in archives + states.sorted() where has(name) { try checkArchive(folder.appending(path: name)) }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func checkWeights(_ folder: URL) throws {
        for name in [WeightFiles.whole, WeightFiles.adapter] {
            let single = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: single.path) else { continue }
            _ = try SafetensorsFile(url: single)
            return
        }
        guard CheckpointFolders.hasWeights(folder) else {
            throw TrainingError.checkpoint("it has no model.safetensors")
        }
        let index = try SafetensorsIndex(url: folder.appending(path: WeightFiles.index))
        for name in index.files {
            let part = try SafetensorsFile(url: folder.appending(path: name))
            for (key, file) in index.weightMap where file == name { _ = try part.require(key) }
        }
    }

    /// Names, sizes and the pickle; the tensors stay unread.
    private static func checkArchive(_ file: URL) throws {
        let value = try TorchArchive.load(file, checksums: false)
        guard value.dictionaryValue != nil else { throw TrainingError.checkpoint("\(file.path) holds no dictionary") }
        let needed =
            switch file.lastPathComponent {
            case "optimizer.pt": ["state", "param_groups"]
            case let name where name.hasPrefix(randomPrefix): ["cpu"]
            default: [String]()
            }
        for key in needed where value[key] == nil { throw TrainingError.checkpoint("\(file.path) lacks \(key)") }
    }
}
