import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import ModelHub

/// Files in a folder of their own, not in the cache.
@Suite struct LocalDirTests {
    private func isDownload(_ request: JSONValue) -> Bool {
        request["method"] == "GET" && (request["path"]?.stringValue ?? "").contains("resolve")
            || request["side"] == "storage"
    }

    @Test func filesThemselvesAndWhatIsKnownOfThem() async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", Sample.files)
        let place = hub.folder.appending(path: "here").path
        let folder = try await hub.api().snapshotDownload("org/model", localDir: place)
        #expect(folder.path == place)
        #expect(try folder.read("config.json") == Data("{\"model_type\": \"bert\"}".utf8))
        #expect(try folder.read("model.safetensors").count == 300_000)
        let own = folder.appending(path: ".cache/huggingface")
        #expect(try own.read(".gitignore") == Data("*".utf8))
        #expect(FileManager.default.fileExists(atPath: own.appending(path: "CACHEDIR.TAG").path))
        #expect(FileManager.default.fileExists(atPath: own.appending(path: "trees/\(sha).json").path))
        let lines = String(decoding: try own.read("download/tokenizer/vocab.txt.metadata"), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == sha && lines[1].count == 40)
        #expect(abs((Double(lines[2]) ?? 0) - Date().timeIntervalSince1970) < 60)
        // The cache was not used.
        #expect(!FileManager.default.fileExists(atPath: hub.cache))
    }

    @Test func whatIsThereIsNotReadAgain() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let place = hub.folder.appending(path: "here")
        let api = try hub.api()
        func reads() async throws -> Int { try await hub.count(isDownload) }
        try await api.snapshotDownload("org/model", localDir: place.path)
        let first = try await reads()
        try await api.snapshotDownload("org/model", localDir: place.path)
        #expect(try await reads() == first)
        // A file that the person has changed is brought again, as in Python; one that is gone too.
        try Data("changed".utf8).write(to: place.appending(path: "config.json"))
        let later = Date() + 30
        try FileManager.default.setAttributes(
            [.modificationDate: later], ofItemAtPath: place.appending(path: "config.json").path)
        try FileManager.default.removeItem(at: place.appending(path: "tokenizer/vocab.txt"))
        try await api.snapshotDownload("org/model", localDir: place.path)
        #expect(try await reads() == first + 2)
        #expect(try place.read("config.json") == Data("{\"model_type\": \"bert\"}".utf8))
        // One that a crash has cut, whatever was noted of it.
        let cut = place.appending(path: "tokenizer/vocab.txt")
        try Data("[PAD]".utf8).write(to: cut)
        try FileManager.default.setAttributes([.modificationDate: Date() - 60], ofItemAtPath: cut.path)
        try await api.hfHubDownload("org/model", filename: "tokenizer/vocab.txt", localDir: place.path)
        #expect(try Data(contentsOf: cut) == Data("[PAD]\n[UNK]\n".utf8))
        let third = try await reads()
        #expect(third == first + 3)
        // A large file whose record is lost is told by its hash.
        try FileManager.default.removeItem(
            at: place.appending(path: ".cache/huggingface/download/model.safetensors.metadata"))
        try await api.hfHubDownload("org/model", filename: "model.safetensors", localDir: place.path)
        #expect(try await reads() == third)
        // A new commit brings what is new.
        try await hub.repository("org/model", [["path": "config.json", "text": "{}"]])
        try await api.hfHubDownload("org/model", filename: "config.json", localDir: place.path)
        #expect(try await reads() == third + 1)
        #expect(try place.read("config.json") == Data("{}".utf8))
    }

    @Test func theCacheIsUsedWhereItHasTheFile() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let api = try hub.api()
        try await api.snapshotDownload("org/model")
        let first = try await hub.count(isDownload)
        let folder = try await api.snapshotDownload("org/model", localDir: hub.folder.appending(path: "here").path)
        #expect(try await hub.count(isDownload) == first)
        let file = folder.appending(path: "model.safetensors")
        #expect(try file.resourceValues(forKeys: [.isSymbolicLinkKey]).isSymbolicLink == false)
        #expect(try folder.read("model.safetensors").count == 300_000)
    }

    @Test func withoutTheServer() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let place = hub.folder.appending(path: "here")
        try await hub.api().snapshotDownload("org/model", localDir: place.path)
        let offline = try hub.api(["HF_HUB_OFFLINE": "1"])
        #expect(try await offline.snapshotDownload("org/model", localDir: place.path).path == place.path)
        _ = try await offline.hfHubDownload("org/model", filename: "config.json", localDir: place.path)
        try FileManager.default.removeItem(at: place.appending(path: "config.json"))
        await #expect(throws: HubError.self) {
            try await offline.hfHubDownload("org/model", filename: "config.json", localDir: place.path)
        }
        await #expect(throws: HubError.self) { try await offline.snapshotDownload("org/model", localDir: place.path) }
        await #expect(throws: HubError.self) {
            try await offline.snapshotDownload("org/model", localDir: hub.folder.appending(path: "empty").path)
        }
    }

    @Test(arguments: [".cache/huggingface/download/x", ".cache/huggingface/.gitignore"])
    func noFileOfTheServersStandsForWhatIsKnown(name: String) async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": .string(name), "text": "x"]])
        let place = hub.folder.appending(path: "here").path
        await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model", localDir: place) }
    }

    @Test func aLinkInTheWayIsNotFollowed() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "sub/file.txt", "text": "x"]])
        let (place, outside) = (hub.folder.appending(path: "here"), hub.folder.appending(path: "outside"))
        for folder in [place, outside] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: place.appending(path: "sub").path, withDestinationPath: outside.path)
        await #expect(throws: HubError.self) { try await hub.api().snapshotDownload("org/model", localDir: place.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
    }
}
