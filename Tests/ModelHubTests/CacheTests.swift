import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import ModelHub

@Suite struct CacheTests {
    // MARK: The environment

    @Test func placesComeFromTheEnvironment() {
        func environment(_ variables: [String: String]) -> HubEnvironment {
            HubEnvironment(["HOME": "/home/me"].merging(variables) { $1 })
        }
        #expect(environment([:]).cacheFolder == "/home/me/.cache/huggingface/hub")
        #expect(environment(["XDG_CACHE_HOME": "/x"]).cacheFolder == "/x/huggingface/hub")
        #expect(environment(["HF_HOME": "~/hf", "XDG_CACHE_HOME": "/x"]).cacheFolder == "/home/me/hf/hub")
        #expect(environment(["HF_HOME": "$BASE/hf", "BASE": "/b"]).cacheFolder == "/b/hf/hub")
        #expect(environment(["HF_HOME": "/h", "HF_HUB_CACHE": "${BASE}/c", "BASE": "/b"]).cacheFolder == "/b/c")
        #expect(environment(["HUGGINGFACE_HUB_CACHE": "/old"]).cacheFolder == "/old")
        #expect(environment(["HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/new"]).cacheFolder == "/new")
        #expect(environment(["HF_ENDPOINT": "https://mirror/"]).endpoint == "https://mirror")
        #expect(environment([:]).endpoint == "https://huggingface.co")
        #expect(environment(["HF_HUB_ETAG_TIMEOUT": "3"]).etagTimeout == 3)
        #expect(environment(["HF_HUB_DOWNLOAD_TIMEOUT": "x"]).downloadTimeout == 10)
        for value in ["1", "on", "YES", "True"] { #expect(environment(["HF_HUB_OFFLINE": value]).isOffline) }
        #expect(environment(["TRANSFORMERS_OFFLINE": "1"]).isOffline)
        #expect(!environment(["HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "1"]).isOffline)
    }

    @Test func tokensComeFromTheEnvironment() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("hf_file\n".utf8).write(to: folder.appending(path: "token"))
        try Data("hf_other".utf8).write(to: folder.appending(path: "elsewhere"))
        func token(_ variables: [String: String], _ token: HubToken = .implicit) throws -> String? {
            try HubEnvironment(["HF_HOME": folder.path].merging(variables) { $1 }).secret(token)?.value
        }
        #expect(try token([:]) == "hf_file")
        #expect(try token(["HF_TOKEN_PATH": folder.path + "/elsewhere"]) == "hf_other")
        #expect(try token(["HF_TOKEN": " hf_env\n"]) == "hf_env")
        #expect(try token(["HUGGING_FACE_HUB_TOKEN": "hf_old"]) == "hf_old")
        #expect(try token(["HF_TOKEN": "hf_env", "HUGGING_FACE_HUB_TOKEN": "hf_old"]) == "hf_env")
        #expect(try token(["HF_TOKEN": "hf_env", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) == nil)
        #expect(try token(["HF_TOKEN": "hf_env"], .none) == nil)
        #expect(try token(["HF_TOKEN": "hf_env"], "hf_own") == "hf_own")
        #expect(try token(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"], .required) == "hf_file")
        #expect(throws: HubError.noToken) { try token(["HF_HOME": "/nonexistent"], .required) }
    }

    @Test(arguments: ["", "ftp://x", "x", "https://user@host", "https://host?q", "http:///x"])
    func endpointsAreChecked(endpoint: String) {
        #expect(throws: HubError.invalidEndpoint(endpoint)) { try HubEndpoint(endpoint) }
    }

    @Test(arguments: [
        "a/b/c", "", "/a", "a/", "-a", "a.", "a--b", "a..b", "a b", "é", "x.git", String(repeating: "a", count: 97),
    ])
    func repositoryNamesAreChecked(name: String) { #expect(!RepositoryID.isValid(name)) }

    @Test(arguments: ["a", "org/name", "Foo-BAR_foo.bar123", "123", "_a/b_"])
    func goodRepositoryNames(name: String) { #expect(RepositoryID.isValid(name)) }

    @Test(arguments: ["../x", "a b", "", "/main", "-x", "a\\b"])
    func revisionsAreChecked(name: String) {
        #expect(throws: HubError.invalidRevision(name)) { try Revision(name) }
    }

    // MARK: Revisions

    @Test func branchesTagsCommitsAndPullRequests() async throws {
        let hub = try await HubServer.fresh()
        let first = try await hub.repository("org/model", [["path": "f", "text": "1"]], ["refs": ["v1", "refs/pr/3"]])
        let second = try await hub.repository("org/model", [["path": "f", "text": "2"]])
        let api = try hub.api()
        for (revision, sha) in [(nil, second), ("v1", first), ("refs/pr/3", first), (first, first), ("main", second)] {
            let folder = try await api.snapshotDownload("org/model", revision: revision)
            #expect(folder.lastPathComponent == sha)
            #expect(try folder.read("f") == Data((sha == first ? "1" : "2").utf8))
        }
        let error = await #expect(throws: HubError.self) {
            try await api.snapshotDownload("org/model", revision: "none")
        }
        #expect(error == .revisionNotFound("org/model", revision: "none"))
        #expect(FileManager.default.fileExists(atPath: hub.cache + "/models--org--model/refs/refs/pr/3"))
    }

    @Test func dataSetsHaveFoldersOfTheirOwn() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/data", [["path": "train.csv", "text": "a\n1\n"]], ["type": "dataset"])
        let folder = try await hub.api().snapshotDownload("org/data", repoType: .dataset)
        #expect(folder.path.contains("/datasets--org--data/snapshots/"))
    }

    @Test func longListsComeInPages() async throws {
        let hub = try await HubServer.fresh()
        try await hub.control("settings", ["page_size": 3])
        try await hub.repository("org/model", (0..<10).map { ["path": .string("d/f\($0)"), "text": "x"] })
        #expect(try await hub.api().listRepoTree("org/model").count == 10)
    }

    // MARK: Offline

    @Test func theCacheServesWithoutTheServer() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let folder = try await hub.api().snapshotDownload("org/model")
        let before = try await hub.count { _ in true }
        let offline = try hub.api(["HF_HUB_OFFLINE": "1"])
        #expect(try await offline.snapshotDownload("org/model") == folder)
        #expect(try await offline.hfHubDownload("org/model", filename: "config.json").path.hasSuffix("config.json"))
        #expect(try await hub.api().snapshotDownload("org/model", localFilesOnly: true) == folder)
        #expect(try await hub.count { _ in true } == before)
        // A server that does not answer, or denies.
        #expect(try await hub.api(retries: 0, endpoint: "http://127.0.0.1:1").snapshotDownload("org/model") == folder)
        for status in [401, 403, 500, 503] {
            try await hub.faults(["status": .int(status), "times": -1])
            #expect(try await hub.api(retries: 0).snapshotDownload("org/model") == folder)
            let file = try await hub.api(retries: 0).hfHubDownload("org/model", filename: "config.json")
            #expect(file.lastPathComponent == "config.json")
        }
    }

    @Test func aCacheThatLacksFilesSaysSo() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let folder = try await hub.api().snapshotDownload("org/model")
        try FileManager.default.removeItem(at: folder.appending(path: "config.json"))
        let offline = try hub.api(["HF_HUB_OFFLINE": "1"])
        let error = await #expect(throws: HubError.self) { try await offline.snapshotDownload("org/model") }
        guard case .incompleteSnapshot(_, ["config.json"], _) = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        let patterns = FilePatterns(allow: ["*.safetensors"])
        #expect(try await offline.snapshotDownload("org/model", patterns: patterns) == folder)
        await #expect(throws: HubError.self) { try await offline.snapshotDownload("org/other") }
        await #expect(throws: HubError.self) { try await offline.hfHubDownload("org/model", filename: "config.json") }
        await #expect(throws: HubError.self) { try await offline.repoInfo("org/model") }
        await #expect(throws: HubError.self) {
            try await offline.snapshotDownload("org/model", patterns: patterns, forceDownload: true)
        }
    }

    @Test func absentFilesAreRemembered() async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", [["path": "f", "text": "x"]])
        let error = await #expect(throws: HubError.self) {
            try await hub.api().hfHubDownload("org/model", filename: "sub/none.txt")
        }
        #expect(error == .fileNotFound("org/model", file: "sub/none.txt", revision: "main"))
        let note = hub.cache + "/models--org--model/.no_exist/\(sha)/sub/none.txt"
        #expect(FileManager.default.fileExists(atPath: note))
    }

    @Test func whatIsThereIsNotReadAgain() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let api = try hub.api()
        try await api.snapshotDownload("org/model")
        let before = try await hub.count { _ in true }
        try await api.snapshotDownload("org/model")
        // The branch alone is asked for.
        #expect(try await hub.count { _ in true } == before + 1)
        // Another commit with the same content: links to the blobs that are there.
        try await hub.repository("org/model", Sample.files + [["path": "new.txt", "text": "n"]])
        let bodies = try await hub.count {
            $0["method"] == "GET" && $0["path"]?.stringValue?.contains("resolve") == true
        }
        try await api.snapshotDownload("org/model")
        let after = try await hub.count {
            $0["method"] == "GET" && $0["path"]?.stringValue?.contains("resolve") == true
        }
        #expect(after == bodies + 1)
    }

    @Test func privateAndGatedRepositories() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/private", [["path": "f", "text": "x"]], ["private": true])
        try await hub.repository("org/gated", [["path": "f", "text": "x"]], ["gated": true])
        let anonymous = try hub.api()
        let hidden = await #expect(throws: HubError.self) { try await anonymous.snapshotDownload("org/private") }
        guard case .repositoryNotFound = hidden else { return #expect(Bool(false), "\(String(describing: hidden))") }
        let gated = await #expect(throws: HubError.self) { try await anonymous.snapshotDownload("org/gated") }
        guard case .gated = gated else { return #expect(Bool(false), "\(String(describing: gated))") }
        let wrong = await #expect(throws: HubError.self) {
            try await hub.api(token: "hf_bad").snapshotDownload("org/private")
        }
        guard case .unauthorized = wrong else { return #expect(Bool(false), "\(String(describing: wrong))") }
        try await hub.api(token: "hf_good").snapshotDownload("org/private")
        try await hub.api(["HF_TOKEN": "hf_good"], token: .implicit).snapshotDownload("org/gated")
    }

    @Test func copiesInPlaceOfLinks() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", [["path": "a/f", "text": "x"]])
        let folder = try await hub.api(["HF_HUB_DISABLE_SYMLINKS": "1"]).snapshotDownload("org/model")
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/a/f")) == nil)
        #expect(try folder.read("a/f") == Data("x".utf8))
    }

    @Test func progressEndsAtTheTotal() async throws {
        let hub = try await HubServer.fresh()
        try await hub.repository("org/model", Sample.files)
        let last = LastProgress()
        let api = try hub.api()
        try await api.snapshotDownload("org/model") { last.set($0) }
        #expect(last.value.filesDone == 5 && last.value.filesTotal == 5)
        #expect(last.value.bytesDone == last.value.bytesTotal && last.value.bytesTotal > 300_000)
        try await api.snapshotDownload("org/model") { last.set($0) }
        #expect(last.value.filesDone == 5 && last.value.bytesDone == last.value.bytesTotal)
    }

    @Test func theDiskMustHaveRoom() async throws {
        let hub = try await HubServer.fresh()
        let sha = try await hub.repository("org/model", [["path": "f", "text": "x"]])
        try await hub.faults([
            "match": "/resolve/", "method": "HEAD", "status": 200, "times": -1,
            "headers": [
                "ETag": .string("\"" + String(repeating: "a", count: 64) + "\""), "X-Repo-Commit": .string(sha),
                "X-Linked-Size": "562949953421312",
            ],
        ])
        let error = await #expect(throws: HubError.self) {
            try await hub.api().hfHubDownload("org/model", filename: "f")
        }
        guard case .diskFull = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    // MARK: Patterns

    @Test(arguments: [
        ("*.json", "config.json", true), ("*.json", "a/b.json", true), ("a/", "a/b/c", true), ("a/", "b/a", false),
        ("?.txt", "a.txt", true), ("?.txt", "ab.txt", false), ("[ab].t", "b.t", true), ("[!ab].t", "b.t", false),
        ("[a-c]x", "bx", true), ("[", "[", true), ("*", "", true), ("**x**", "axb", true), ("[]]", "]", true),
        ("a\\b", "a/b", true), ("A*", "abc", false), ("[z-a]", "m", false), ("[!]a]", "b", true),
    ])
    func patterns(pattern: String, path: String, matches: Bool) {
        #expect(FilePatterns.matches(path, pattern) == matches)
    }

    @Test(arguments: ["a*b", "[x]", "q?", "plain"])
    func literalPatterns(name: String) {
        #expect(FilePatterns.matches(name, FilePatterns.literal(name)))
        #expect(!FilePatterns.matches("a-b", FilePatterns.literal(name)))
    }

    @Test func aPatternOfManyStarsIsQuick() {
        let pattern = String(repeating: "*a", count: 50) + "b"
        #expect(!FilePatterns.matches(String(repeating: "a", count: 2000), pattern))
    }
}
