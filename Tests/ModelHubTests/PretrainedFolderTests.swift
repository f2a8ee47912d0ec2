import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import ModelHub

@Suite struct PretrainedFolderTests {
    private func names(_ folder: URL) throws -> [String] { try FolderFiles.list(folder) }

    private static let small: [JSONValue] = [
        ["path": "config.json", "text": "{}"], ["path": "tokenizer.json", "text": "{}"],
        ["path": "vocab.txt", "text": "a"], ["path": "README.md", "text": "r"], ["path": "tf_model.h5", "size": 100],
        ["path": "onnx/model.onnx", "size": 100],
    ]
    private static let safetensors: JSONValue = ["path": "model.safetensors", "size": 1000, "lfs": true]
    private static let pickle: JSONValue = ["path": "pytorch_model.bin", "size": 1000, "lfs": true]

    @Test func whatIsNeededIsBrought() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Self.small + [Self.safetensors, Self.pickle])
        let api = try hub.api()
        #expect(
            try names(await PretrainedFolder.find("org/model", .tokenizer, api: api))
                == ["config.json", "tokenizer.json", "vocab.txt"])
        #expect(
            try names(await PretrainedFolder.find("org/model", .all, api: api))
                == ["config.json", "model.safetensors", "tokenizer.json", "vocab.txt"])
        let offline = try hub.api(["HF_HUB_OFFLINE": "1"])
        _ = try await PretrainedFolder.find("org/model", .all, api: offline)
        _ = try await PretrainedFolder.find("org/model", .all, localFilesOnly: true, api: api)
        await #expect(throws: HubError.self) {
            try await PretrainedFolder.find("org/model", .all, otherFiles: ["README.md"], api: offline)
        }
    }

    @Test func picklesWhereThereIsNothingElse() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Self.small + [Self.pickle])
        let folder = try await PretrainedFolder.find("org/model", .all, api: hub.api())
        #expect(try names(folder).contains("pytorch_model.bin"))
        try await hub.repository("org/none", Self.small)
        await #expect(throws: HubError.self) { try await PretrainedFolder.find("org/none", .all, api: hub.api()) }
    }

    private func sharded(_ hub: HubServer, _ map: JSONObject) async throws {
        let index: JSONValue = ["metadata": [:], "weight_map": .object(map)]
        try await hub.repository(
            "org/model",
            Self.small + [
                ["path": "model.safetensors.index.json", "text": .string(index.serialized())],
                ["path": "model-00001-of-00002.safetensors", "size": 500, "lfs": true],
                ["path": "model-00002-of-00002.safetensors", "size": 400, "lfs": true],
                ["path": "unused.safetensors", "size": 400, "lfs": true],
            ])
    }

    @Test func shardsComeFromTheIndex() async throws {
        let hub = try await HubServer.fresh()
        try await sharded(
            hub,
            [
                "a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors",
                "c": "model-00001-of-00002.safetensors",
            ])
        let folder = try await PretrainedFolder.find("org/model", .weights, api: hub.api())
        #expect(
            try names(folder) == [
                "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json",
            ])
    }

    @Test(arguments: ["../../etc/passwd", "/etc/passwd", "a\\b", "onnx/model.onnx", "missing.safetensors"])
    func hostileShardsAreRefused(name: String) async throws {
        let hub = try await HubServer.fresh()
        try await sharded(hub, ["a": .string(name)])
        await #expect(throws: HubError.self) { try await PretrainedFolder.find("org/model", .weights, api: hub.api()) }
    }

    @Test func aFolderComesFirst() async throws {
        let hub = try await HubServer.fresh()
        let found = try await PretrainedFolder.find(hub.folder.path, .all)
        #expect(found.path == hub.folder.path || found.path == hub.folder.path + "/")
        await #expect(throws: HubError.self) { try await PretrainedFolder.find("./no/such/folder", .all) }
    }

    @Test func workThatIsWaitedFor() async throws {
        let hub = try await HubServer.fresh()
        let endpoint = hub.endpoint
        let cache = hub.cache
        let task = BlockingHubTask {
            try await HfApi(endpoint: endpoint, token: .none, cacheDir: cache, environment: HubEnvironment([:]))
                .repoInfo("org/none")
        }
        #expect(throws: HubError.self) { try task.wait() }
        #expect(task.isFinished)
    }
}
