import Foundation
import Testing
import Torch

/// Tensors through both file formats and back.
@Suite struct TensorSerializationTests {
    @Test func safetensorsKeepTensors() throws {
        let folder = try TemporaryFolder()
        let state = try Safetensors.load(SerializationFixtures.url("types.safetensors"), copying: true)
        try Safetensors.save(state, to: folder.file("model.safetensors"))
        #expect(
            try Array(Data(contentsOf: folder.file("model.safetensors")))
                == SerializationFixtures.bytes("types.safetensors"))
    }

    @Test func archivesKeepTensors() throws {
        let folder = try TemporaryFolder()
        let weights = try #require(
            try TorchArchive.load(SerializationFixtures.url("pytorch_model.bin")).dictionaryValue)
        let entries = try weights.entries.map { entry in
            let tensor = Tensor(copying: try #require(entry.value.tensorValue))
            return PickleDictionary.Entry(key: entry.key, value: .tensor(try tensor.serialized()))
        }
        try TorchArchive.save(.dict(PickleDictionary(entries, isOrderedDict: true)), to: folder.file("copy.bin"))
        #expect(try TorchArchive.load(folder.file("copy.bin")) == .dict(weights))
    }
}
