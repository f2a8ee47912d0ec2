import Foundation
import Testing
import Torch

@Suite struct TorchArchiveTests {
    private func fixture(_ name: String) throws -> PickleValue {
        try TorchArchive.load(SerializationFixtures.url(name))
    }

    @Test func readsAnOptimizersState() throws {
        let value = try fixture("optimizer.pt")
        let groups = try #require(value["param_groups"]?.elements)
        #expect(groups.count == 2)
        #expect(groups[0]["weight_decay"] == 0.01 && groups[1]["weight_decay"] == 0.0)
        #expect(groups[0]["betas"] == .tuple([0.9, 0.999]) && groups[1]["params"] == [1])
        #expect(groups[0]["foreach"]?.isNone == true && groups[0]["amsgrad"]?.boolValue == false)
        let first = try #require(value["state"]?.dictionaryValue?[0])
        #expect(first["step"]?.tensorValue?.elements(as: Float.self) == [2])
        #expect(first["exp_avg"]?.tensorValue?.shape == [2, 3])
        #expect(value["state"]?.dictionaryValue?[2] == nil)
    }

    @Test func readsASchedulersState() throws {
        let value = try fixture("scheduler.pt")
        #expect(value["last_epoch"]?.intValue == 2 && value["_step_count"]?.intValue == 3)
        #expect(value["base_lrs"] == [0.001, 0.001])
        #expect(value["lr_lambdas"] == [nil, nil])
        #expect(value["_last_lr"]?.elements?.first?.doubleValue == 0.001 / 3)
    }

    @Test func readsTheRandomStates() throws {
        let value = try fixture("rng_state.pth")
        #expect(value["python"]?.pythonRandomState == .python(seed: 42))
        #expect(value["numpy"]?.numpyRandomState == .numpy(seed: 42))
        #expect(value["cpu"]?.tensorValue?.shape == [5056] && value["cpu"]?.tensorValue?.dtype == .uint8)
        #expect(value["python"] == .pythonRandomState(.python(seed: 42)))
        #expect(value["numpy"] == .numpyRandomState(.numpy(seed: 42)))
        #expect(value["cpu"]?.pythonRandomState == nil && value["python"]?.numpyRandomState == nil)
    }

    @Test func readsWeights() throws {
        let weights = try #require(try fixture("pytorch_model.bin").dictionaryValue)
        #expect(weights.isOrderedDict && weights.entries.count == 7)
        let tied = try #require(weights["tied"]?.tensorValue)
        let transposed = try #require(weights["transposed"]?.tensorValue)
        #expect(tied.storage === transposed.storage)
        #expect(transposed.elements(as: Float.self) == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        #expect(weights["slice"]?.tensorValue?.elements(as: Float.self) == [5, 6, 7])
        #expect(weights["embeddings"]?.tensorValue?.elements(as: Float.self) == [1, 2])
        #expect(weights["half"]?.tensorValue?.elements(as: UInt16.self) == [0x3F80, 0xBF80])
        #expect(weights["scalar"]?.tensorValue?.elements(as: Int64.self) == [7])
        #expect(weights["empty"]?.tensorValue?.shape == [2, 0])
    }

    @Test(arguments: ["values2.pt", "values4.pt"])
    func readsPlainData(file: String) throws {
        let value = try #require(try fixture(file).dictionaryValue)
        #expect(value["none"]?.isNone == true && value["flags"] == .tuple([true, false]))
        let big = PickleValue.bigInt([0, 0, 0, 0, 0, 0, 0, 0, 0x40])
        #expect(
            value["ints"]
                == [0, -1, 255, 256, 65536, -2_147_483_648, 2_147_483_648, .int(.max), .int(.min), big])
        #expect(value["floats"] == [0.0, -1.5, .float(.infinity)])
        #expect(value["text"] == "é😀" && value["bytes"] == .bytes([0, 0x80, 0xFF]))
        #expect(value["empty bytes"] == .bytes([]) && value["set"] == .set([3]))
        #expect(value["size"] == .size([2, 3]) && value["dtype"] == .dtype(.bfloat16))
        #expect(value["device"] == .device("cuda:1") && value[5] == "five")
        #expect(value.entries.contains { $0.key == .tuple([1, "a"]) && $0.value == [] })
        #expect(value["long"] == .list((0...1000).map { .int($0) }))
        #expect(value["array"]?.arrayValue?.typeCode == "<f8" && value["array"]?.arrayValue?.shape == [2, 3])
        #expect(value["ordered"]?.dictionaryValue?.isOrderedDict == true && value["ordered"]?["a"] == 1)
    }

    /// The archive's id at its end is the only part that may differ: PyTorch makes it from hashes of its C++ library.
    @Test(arguments: ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
    func writesPythonsBytes(file: String) throws {
        let expected = try SerializationFixtures.bytes(file)
        let name = TorchArchive.archiveName(fileName: file)
        let written = try collected { try TorchArchive.write(try fixture(file), name: name, to: $0) }
        #expect(written.count == expected.count)
        let differing = zip(written, expected).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        let id = try #require(Data(expected).range(of: Data(".data/serialization_id".utf8))).lowerBound
        #expect(differing.count <= 40 + 4 + 4 && differing.allSatisfy { $0 > id })
    }

    @Test(arguments: ["optimizer.pt", "scheduler.pt", "rng_state.pth", "pytorch_model.bin", "values2.pt", "values4.pt"])
    func roundTrip(file: String) throws {
        let folder = try TemporaryFolder()
        let value = try fixture(file)
        try TorchArchive.save(value, to: folder.file(file))
        #expect(try TorchArchive.load(folder.file(file)) == value)
        #expect(try folder.names == [file])
    }

    @Test func oneStorageIsWrittenOnce() throws {
        let folder = try TemporaryFolder()
        let tensor = try #require(SerializedTensor((0..<1000).map(Float.init), dtype: .float32, shape: [1000]))
        let copy = try #require(SerializedTensor((0..<1000).map(Float.init), dtype: .float32, shape: [1000]))
        let shared = try collected { try TorchArchive.write([.tensor(tensor), .tensor(tensor)], to: $0) }
        let apart = try collected { try TorchArchive.write([.tensor(tensor), .tensor(copy)], to: $0) }
        #expect(shared.count < 6000 && apart.count > 8000)
        let back = try #require(try TorchArchive.load(folder.write(shared)).elements?.compactMap(\.tensorValue))
        #expect(back.count == 2 && back[0].storage === back[1].storage && back[1] == tensor)
    }

    @Test func oddOffsetsAreCopied() throws {
        let folder = try TemporaryFolder()
        let raw = try #require(SerializedTensor([1, 2, 3, 4, 5, 6, 7] as [UInt8], dtype: .uint8, shape: [7]))
        let odd = try #require(SerializedTensor(dtype: .int16, shape: [2], byteOffset: 1, storage: raw.storage))
        try TorchArchive.save(.tensor(odd), to: folder.file("a.pt"))
        #expect(try TorchArchive.load(folder.file("a.pt")) == .tensor(odd))
    }

    @Test func names() {
        #expect(TorchArchive.archiveName(fileName: "optimizer.pt") == "optimizer")
        #expect(TorchArchive.archiveName(fileName: "a.b.bin") == "a.b")
        #expect(TorchArchive.archiveName(fileName: "Gewichtsgröße.pt") == "archive")
    }

    @Test func aFailureLeavesTheOldFile() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write([1, 2, 3], as: "optimizer.pt")
        var deep: PickleValue = 1
        for _ in 0..<200 { deep = [deep] }
        #expect(throws: TorchArchiveError.unwritable(file: url.path, reason: "its values are nested too deep")) {
            try TorchArchive.save(deep, to: url)
        }
        #expect(try Array(Data(contentsOf: url)) == [1, 2, 3])
        #expect(try folder.names == ["optimizer.pt"])
    }
}
