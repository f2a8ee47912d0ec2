import Foundation
import OrderedJSON
import Training

/// Weights of older models: `pytorch_model.bin`, or several such files by an index. A reader of data alone: nothing of a
/// pickle is run.
enum PickledWeights {
    static let file = "pytorch_model.bin"
    static let index = "pytorch_model.bin.index.json"
    private static let longestIndex = 100 << 20

    /// - Throws: `TorchArchiveError`, ``PretrainedModelError``.
    static func load(_ url: URL) throws -> StateDict {
        let value = try TorchArchive.load(url)
        guard let entries = value.dictionaryValue?.entries else {
            throw PretrainedModelError.misfit(file: url.path, "it holds no weights by name")
        }
        var state = StateDict()
        for entry in entries {
            guard let name = entry.key.stringValue, let tensor = entry.value.tensorValue else { continue }
            state[name] = Tensor(copying: tensor)
        }
        return state
    }

    /// - Throws: `TorchArchiveError`, ``PretrainedModelError`` where the index names a file outside its folder.
    static func loadSharded(index url: URL) throws -> StateDict {
        func malformed(_ reason: String) -> PretrainedModelError { .misfit(file: url.path, reason) }
        guard let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize, size <= longestIndex else {
            throw malformed("it is too large for an index")
        }
        let json = try JSONValue(parsing: Data(contentsOf: url), source: url.path)
        guard let map = json["weight_map"]?.objectValue else { throw malformed("it has no \"weight_map\"") }
        var files: Set<String> = []
        for (_, value) in map {
            guard let name = value.stringValue, !name.isEmpty, name != "..", name != ".",
                !name.contains(where: { "/\\\0".contains($0) })
            else { throw malformed("\(value.serialized()) is no plain file name") }
            files.insert(name)
        }
        var state = StateDict()
        for name in files.sorted() {
            let part = try load(url.deletingLastPathComponent().appending(path: name))
            for (key, tensor) in part.entries where map[key]?.stringValue == name { state[key] = tensor }
        }
        for (key, name) in map where state[key] == nil {
            throw malformed("\(name.stringValue ?? "") lacks the weight \(key)")
        }
        return state
    }
}
