import Foundation
import OrderedJSON
import PretrainedModels
import Testing
import Training

/// Models without safetensors.
@Suite struct PickledWeightsTests {
    /// The tiny model with its weights as `pytorch_model.bin`, whole or in parts.
    private func pickled(parts: Int?) throws -> URL {
        let folder = try temporaryFolder()
        let source = Fixtures.folder.appending(path: "tiny-bert")
        try FileManager.default.copyItem(
            at: source.appending(path: "config.json"), to: folder.appending(path: "config.json"))
        let state = try Safetensors.load(source.appending(path: "model.safetensors"))
        let entries = try state.entries.map {
            PickleDictionary.Entry(key: .string($0.0), value: .tensor(try $0.1.serialized()))
        }
        guard let parts else {
            try TorchArchive.save(.dict(PickleDictionary(entries)), to: folder.appending(path: "pytorch_model.bin"))
            return folder
        }
        var map = JSONObject()
        for part in 0..<parts {
            let name = "pytorch_model-0000\(part + 1)-of-0000\(parts).bin"
            let own = entries.enumerated().filter { $0.offset % parts == part }.map(\.element)
            for entry in own { map[entry.key.stringValue ?? ""] = .string(name) }
            try TorchArchive.save(.dict(PickleDictionary(own)), to: folder.appending(path: name))
        }
        try writeIndex(map, folder)
        return folder
    }

    private func writeIndex(_ map: JSONObject, _ folder: URL) throws {
        let index: JSONValue = ["metadata": [:], "weight_map": .object(map)]
        try Data(index.serializedBytes()).write(to: folder.appending(path: "pytorch_model.bin.index.json"))
    }

    @Test(arguments: [nil, 2])
    func weightsAreThoseOfSafetensors(parts: Int?) throws {
        let folder = try pickled(parts: parts)
        defer { try? FileManager.default.removeItem(at: folder) }
        let own = try AutoModel.fromPretrained(folder: folder).stateDict()
        let expected = try AutoModel.fromPretrained(folder: Fixtures.folder.appending(path: "tiny-bert")).stateDict()
        #expect(own.names == expected.names)
        for (name, tensor) in expected.entries {
            #expect(own[name]?.array(of: Float.self) == tensor.array(of: Float.self), "\(name)")
        }
    }

    @Test(arguments: ["../x.bin", "/etc/passwd", "a/b", "..", ""])
    func hostileIndexesAreRefused(name: String) throws {
        let folder = try pickled(parts: 2)
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeIndex(["a": .string(name)], folder)
        #expect(throws: PretrainedModelError.self) { try AutoModel.fromPretrained(folder: folder) }
    }
}
