import Foundation
import Testing
import Torch

@Suite struct SafetensorsTests {
    @Test func readsWhatPythonWrote() throws {
        let file = try SafetensorsFile(url: SerializationFixtures.url("types.safetensors"))
        #expect(file.metadata == ["format": "pt"])
        #expect(file.tensors.count == 15)
        #expect(try file.require("matrix").elements(as: Float.self) == [0, 1, 2, 3, 4, 5])
        #expect(try file.require("matrix").shape == [2, 3])
        #expect(file["scalar"] == SerializedTensor([0.25] as [Float], dtype: .float32, shape: []))
        #expect(file["empty"]?.shape == [0, 3])
        #expect(file["Zeile\n\"é\"\\/\u{1}😀"]?.elements(as: Float.self) == [1.5, -2])
        for type in DType.allCases where type != .complex128 {
            let tensor = try file.require("type.\(type)")
            #expect(tensor.dtype == type && tensor.shape == [3])
        }
        #expect(try file.require("type.bfloat16").elements(as: UInt16.self) == [0, 0x3F80, 0x3F80])
        #expect(throws: SafetensorsError.missingTensor(file: file.url.path, tensor: "other")) {
            try file.require("other")
        }
    }

    @Test func writesPythonsBytes() throws {
        let url = SerializationFixtures.url("types.safetensors")
        let tensors = try SafetensorsFile(url: url).tensors
        let bytes = try collected { try Safetensors.write(tensors.reversed(), to: $0) }
        #expect(bytes == (try SerializationFixtures.bytes("types.safetensors")))
    }

    @Test func replacesTheFileThatItsTensorsLieIn() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(SerializationFixtures.bytes("types.safetensors"), as: "model.safetensors")
        let matrix = try SafetensorsFile(url: url).require("matrix")
        try Safetensors.write([("again", matrix), ("twice", matrix)], metadata: [:], to: url)
        let file = try SafetensorsFile(url: url)
        #expect(file.tensors.map(\.name) == ["again", "twice"] && file["twice"] == matrix && file.metadata.isEmpty)
        #expect(try folder.names == ["model.safetensors"])
    }

    @Test func writesViewsInRowMajorOrder() throws {
        let folder = try TemporaryFolder()
        let row = try #require(SerializedTensor([1, 2, 3, 4] as [Int64], dtype: .int64, shape: [2, 2]))
        let view = try #require(SerializedTensor(dtype: .int64, shape: [2, 2], strides: [1, 2], storage: row.storage))
        try Safetensors.write([("view", view)], to: folder.file("a"))
        #expect(try SafetensorsFile(url: folder.file("a")).require("view").elements(as: Int64.self) == [1, 3, 2, 4])
    }

    @Test func noTensors() throws {
        #expect(
            try collected { try Safetensors.write([], metadata: [:], to: $0) } == [8, 0, 0, 0, 0, 0, 0, 0]
                + Array("{}      ".utf8))
    }

    @Test func aFailureLeavesTheOldFile() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write([1, 2, 3], as: "model.safetensors")
        let scalar = try #require(SerializedTensor([1] as [Float], dtype: .float32, shape: []))
        let wide = try #require(SerializedTensor([1, 1] as [Double], dtype: .float64, shape: [2]))
        let complex = try #require(SerializedTensor(dtype: .complex128, shape: [1], storage: wide.storage))
        #expect(throws: SafetensorsError.unwritable(file: url.path, reason: "the tensor \"a\" is given twice")) {
            try Safetensors.write([("a", scalar), ("a", scalar)], to: url)
        }
        #expect(throws: SafetensorsError.self) { try Safetensors.write([("__metadata__", scalar)], to: url) }
        #expect(throws: SafetensorsError.self) { try Safetensors.write([("a", complex)], to: url) }
        #expect(try Array(Data(contentsOf: url)) == [1, 2, 3])
        #expect(try folder.names == ["model.safetensors"])
        let missing = folder.file("no/folder.safetensors")
        #expect(throws: SafetensorsError.unwritable(file: missing.path, reason: "No such file or directory")) {
            try Safetensors.write([("a", scalar)], to: missing)
        }
    }

    @Test func aFailingSinkStopsTheWriter() throws {
        struct DiskFull: Error {}
        let scalar = try #require(SerializedTensor([1] as [Float], dtype: .float32, shape: []))
        #expect(throws: DiskFull.self) { try Safetensors.write([("a", scalar)]) { _ in throw DiskFull() } }
    }

    @Test func readsAnIndex() throws {
        let folder = try TemporaryFolder()
        func index(_ text: String) throws -> SafetensorsIndex {
            try SafetensorsIndex(url: folder.write(Array(text.utf8), as: "model.safetensors.index.json"))
        }
        let good = try index(
            #"{"metadata": {"total_size": 8}, "weight_map": {"a": "model-2.safetensors", "b": "model-1.safetensors"}}"#)
        #expect(good.files == ["model-1.safetensors", "model-2.safetensors"])
        #expect(good.weightMap["a"] == "model-2.safetensors")
        for name in ["../x", "/etc/passwd", "..", ".", "", "a/b", "a\\\\b", "a\\u0000b"] {
            #expect(throws: SafetensorsError.self) { try index("{\"weight_map\": {\"a\": \"\(name)\"}}") }
        }
        for text in ["", "[]", "{}", #"{"weight_map": {"a": 1}}"#] {
            #expect(throws: SafetensorsError.self) { try index(text) }
        }
    }
}
