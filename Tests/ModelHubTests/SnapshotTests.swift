import Foundation
import HubTesting
import Testing

@testable import ModelHub

@Suite struct SnapshotTests {
    @Test func aSnapshotHoldsAllFiles() async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", Sample.files)
        let folder = try await hub.api().snapshotDownload("org/model")
        #expect(folder.lastPathComponent == sha)
        #expect(try folder.read("model.safetensors").count == 300_000)
        #expect(try String(decoding: folder.read("tokenizer/vocab.txt"), as: UTF8.self) == "[PAD]\n[UNK]\n")
        #expect(try folder.read("empty.txt").isEmpty)
        #expect(try folder.read("Über/ein Name.txt").count == 1)
        let link = try FileManager.default.destinationOfSymbolicLink(
            atPath: folder.appending(path: "tokenizer/vocab.txt").path)
        #expect(link.hasPrefix("../../../blobs/"))
        let main = folder.appending(path: "../../refs/main").standardizedFileURL
        #expect(try String(contentsOf: main, encoding: .utf8) == sha)
    }
}
