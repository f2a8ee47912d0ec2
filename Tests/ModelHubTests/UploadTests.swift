import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import ModelHub

@Suite struct UploadTests {
    /// A folder with text, data, an empty file, folders, and what must stay.
    private func folder(_ hub: HubServer) throws -> URL {
        let folder = hub.folder.appending(path: "out")
        let files: [(String, Data)] = [
            ("config.json", Data("{}\n".utf8)), ("model.safetensors", Data((0..<300_000).map { UInt8($0 & 255) })),
            ("sub/deeper/a b.txt", Data("ü".utf8)), ("empty", Data()), (".hidden", Data("h".utf8)),
            (".git/HEAD", Data("x".utf8)), ("sub/.git/HEAD", Data("x".utf8)), ("README.md", Data("# x\n".utf8)),
            (".cache/huggingface/x", Data("x".utf8)),
        ]
        for (name, data) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
        return folder
    }

    private static let uploaded = [
        ".hidden", "README.md", "config.json", "empty", "model.safetensors", "sub/deeper/a b.txt",
    ]

    @Test(arguments: [nil, 100_000, 70_001])
    func whatIsUploadedComesBack(partSize: Int?) async throws {
        let hub = try await HubServer.fresh()
        if let partSize { try await hub.control("settings", ["part_size": .int(partSize)]) }
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("model", isPrivate: true, existOk: true)
        #expect(id == "tester/model")
        let last = LastProgress()
        let commit = try await api.uploadFolder(folder, repoId: id, message: "first") { last.set($0) }
        #expect(last.value.bytesDone == 300_000 && last.value.filesDone == 1)
        let snapshot = try await api.snapshotDownload(id)
        #expect(snapshot.lastPathComponent == commit.oid)
        #expect(try FolderFiles.list(snapshot) == Self.uploaded)
        for name in Self.uploaded { #expect(try snapshot.read(name) == folder.read(name)) }
        let state = try await hub.control("state").arrayValue?.first
        #expect(state?["private"] == true)
        #expect(state?["commits"]?.arrayValue?.last?["message"] == "first")
        // The token goes to no storage server.
        let log = try await hub.log()
        #expect(!log.contains { $0["side"] == "storage" && $0["authorization"] != .null })
    }

    @Test func nothingNewMakesNoCommit() async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/model")
        let first = try await api.uploadFolder(folder, repoId: id)
        let puts = try await hub.count { $0["method"] == "PUT" }
        #expect(try await api.uploadFolder(folder, repoId: id).oid == first.oid)
        #expect(try await hub.count { $0["method"] == "PUT" } == puts)
        try Data("{1}".utf8).write(to: folder.appending(path: "config.json"))
        #expect(try await api.uploadFolder(folder, repoId: id).oid != first.oid)
        #expect(try await hub.count { $0["method"] == "PUT" } == puts)
    }

    @Test func foldersPatternsAndDeletions() async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/data", repoType: .dataset)
        try await api.uploadFolder(
            folder, repoId: id, repoType: .dataset, pathInRepo: "last-checkpoint",
            patterns: FilePatterns(allow: ["*.json", "*.txt"], ignore: ["sub/*"]))
        var names = try await api.listRepoTree(id, repoType: .dataset).map(\.path)
        #expect(names == ["last-checkpoint/config.json"])
        try await api.uploadFolder(
            folder, repoId: id, repoType: .dataset, patterns: FilePatterns(allow: ["empty"]), deletePatterns: ["*"])
        names = try await api.listRepoTree(id, repoType: .dataset).map(\.path)
        #expect(names == ["empty"])
        try await api.createCommit(
            id, operations: [.addContent(path: "a/b", Data("x".utf8)), .delete(path: "empty")], message: "m",
            repoType: .dataset)
        try await api.createCommit(id, operations: [.deleteFolder(path: "a")], message: "m", repoType: .dataset)
        #expect(try await api.listRepoTree(id, repoType: .dataset).isEmpty)
    }

    @Test func brokenUploadsAreSentAgain() async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/model")
        try await hub.faults(
            ["side": "storage", "method": "PUT", "status": 500, "times": 2],
            ["side": "storage", "method": "PUT", "hangUp": true, "times": 1],
            ["match": "batch", "status": 503, "times": 1],
            ["match": "preupload", "status": 429, "times": 1], ["match": "verify", "status": 502, "times": 1])
        let last = LastProgress()
        try await api.uploadFolder(folder, repoId: id) { last.set($0) }
        #expect(last.value.bytesDone == 300_000)
        #expect(try await api.snapshotDownload(id).read("model.safetensors").count == 300_000)
    }

    @Test func commitsAreNotSentTwice() async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/model")
        try await hub.faults(["match": "/commit/", "status": 503, "times": 1])
        await #expect(throws: HubError.self) { try await api.uploadFolder(folder, repoId: id) }
        #expect(try await hub.count { $0["path"]?.stringValue?.contains("/commit/") == true } == 1)
    }

    @Test func namesThatCannotBe() async throws {
        let hub = try await HubServer.fresh()
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/model")
        for path in ["../x", "/x", "a/../b", ".git/config", "a/.cache/x", ""] {
            await #expect(throws: HubError.self) {
                try await api.createCommit(id, operations: [.addContent(path: path, Data())], message: "m")
            }
        }
        await #expect(throws: HubError.self) {
            try await api.uploadFolder(hub.folder.appending(path: "none"), repoId: id)
        }
        await #expect(throws: HubError.self) {
            try await api.createCommit(id, operations: [.delete(path: "x")], message: "")
        }
    }

    @Test func tokensAreNeeded() async throws {
        let hub = try await HubServer.fresh()
        await #expect(throws: HubError.self) { try await hub.api().createRepo("org/model") }
        try await hub.repository("org/model", [])
        let folder = try folder(hub)
        await #expect(throws: HubError.self) { try await hub.api().uploadFolder(folder, repoId: "org/model") }
    }

    @Test func branchesAreMade() async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/model")
        let error = await #expect(throws: HubError.self) {
            try await api.uploadFolder(folder, repoId: id, revision: "dev")
        }
        #expect(error == .revisionNotFound(id, revision: "dev"))
        try await api.createBranch(id, branch: "dev")
        try await api.createBranch(id, branch: "dev")
        let commit = try await api.uploadFolder(folder, repoId: id, revision: "dev")
        #expect(try await api.repoInfo(id, revision: "dev").sha == commit.oid)
        #expect(try await api.repoInfo(id).sha != commit.oid)
    }

    @Test(arguments: [
        "{}", "{\"objects\": [{}]}", "{\"objects\": []}",
        "{\"objects\": [{\"oid\": \"OID\", \"actions\": {\"upload\": {\"href\": \"file:///etc/x\"}}}]}",
        "{\"objects\": [{\"oid\": \"OID\", \"actions\": {\"upload\": {}}}]}",
        "{\"objects\": [{\"oid\": \"OID\", \"error\": {\"code\": 1, \"message\": \"no\"}}]}",
        "{\"objects\": [{\"oid\": \"OID\", \"actions\": {\"upload\": {\"href\": \"http://localhost/\", \"header\": {\"chunk_size\": \"0\"}}}}]}",
        "{\"objects\": [{\"oid\": \"OID\", \"actions\": {\"upload\": {\"href\": \"http://localhost/\", \"header\": {\"chunk_size\": \"1\", \"1\": \"x\"}}}}]}",
    ])
    func hostileBatchAnswersAreErrors(body: String) async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good", retries: 0)
        let id = try await api.createRepo("org/model")
        let oid = try ContentHash.of(folder.appending(path: "model.safetensors").path, .sha256)
        try await hub.faults([
            "match": "/batch", "status": 200, "body": .string(body.replacing("OID", with: oid)), "times": -1,
        ])
        await #expect(throws: HubError.self) { try await api.uploadFolder(folder, repoId: id) }
    }

    @Test func aCardThatIsWrongIsNotSent() async throws {
        let hub = try await HubServer.fresh()
        let folder = try folder(hub)
        let api = try hub.api(token: "hf_good")
        let id = try await api.createRepo("org/model")
        try await hub.faults([
            "match": "validate-yaml", "status": 400, "times": 1, "headers": ["Content-Type": "application/json"],
            "body": "{\"error\": \"license is unknown\"}",
        ])
        let error = await #expect(throws: HubError.self) { try await api.uploadFolder(folder, repoId: id) }
        #expect("\(try #require(error))".contains("license is unknown"))
    }
}
