import Datasets
import Foundation
import HubTesting
import OrderedJSON
import Testing

@testable import SwiftTrainer

/// Models and data sets by their names on the Hub. The types' own functions take server and cache from the environment, so
/// what they stand on is tested with a server of the test's own.
@Suite struct HubLoadingTests {
    @Test func aFolderIsTakenAsItIs() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tiny-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try TinyModel.make(in: folder)
        #expect(try await AutoTokenizer.fromPretrained(folder.path)("good film").count == 4)
        #expect(try await AutoConfig.fromPretrained(folder.path).modelType == "bert")
        let model = try await AutoModelForSequenceClassification.fromPretrained(folder.path, numLabels: 3)
        #expect(model.labels.count == 3)
        _ = try await AutoModel.fromPretrained(folder.path)
        await #expect(throws: HubError.self) { try await AutoModel.fromPretrained("no/such/folder") }
    }

    @Test func aModelOfTheHub() async throws {
        let hub = try await HubServer.withTinyModel()
        let folder = try await PretrainedFolder.find("org/tiny", .all, api: hub.api())
        let model = try AutoModelForSequenceClassification.fromPretrained(folder: folder, numLabels: 2)
        #expect(model.config.modelType == "bert")
    }

    // MARK: Data sets

    private func files(
        _ names: [String], card: String? = nil, configuration: String? = nil
    ) throws -> [String: [String]] {
        let layout = try DatasetLayout(names: names, card: card, name: configuration, source: "org/d")
        return Dictionary(uniqueKeysWithValues: layout.splits.map { ($0.name, $0.files) })
    }

    @Test func splitsByNames() throws {
        #expect(try files(["a.csv", "README.md", ".gitattributes"]) == ["train": ["a.csv"]])
        #expect(
            try files(["train.csv", "dev.csv", "my-test-1.csv"])
                == ["train": ["train.csv"], "validation": ["dev.csv"], "test": ["my-test-1.csv"]])
        #expect(
            try files(["data/train/x.jsonl", "data/valid/y.jsonl"])
                == ["train": ["data/train/x.jsonl"], "validation": ["data/valid/y.jsonl"]])
        #expect(
            try files([
                "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet",
                "data/extra-00000-of-00001.parquet", "train.csv",
            ]) == [
                "train": ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"],
                "extra": ["data/extra-00000-of-00001.parquet"],
            ])
        // A word inside another is none.
        #expect(try files(["constraint.csv", "latest.csv"]) == ["train": ["constraint.csv", "latest.csv"]])
        #expect(try files(["train.csv.gz", "config.json", "dataset_infos.json"]) == ["train": ["train.csv.gz"]])
        #expect(throws: DatasetError.self) { try files(["README.md", "image.png"]) }
        #expect(throws: DatasetError.self) { try files(["a.csv"], configuration: "b") }
    }

    private static let card = """
        ---
        license: mit
        configs:
        - config_name: sst2
          data_files:
          - split: train
            path: sst2/train-*
          - split: validation
            path:
            - sst2/dev-1.csv
            - sst2/dev-2.csv
        - config_name: cola
          default: true
          data_dir: cola
        - config_name: plain
          data_files: "*.csv"
        ---
        # Films
        """
    private static let names = [
        "sst2/train-0.csv", "sst2/train-1.csv", "sst2/dev-1.csv", "sst2/dev-2.csv", "cola/train.csv", "cola/test.csv",
        "top.csv",
    ]

    @Test func splitsByTheCard() throws {
        #expect(
            try files(Self.names, card: Self.card, configuration: "sst2") == [
                "train": ["sst2/train-0.csv", "sst2/train-1.csv"], "validation": ["sst2/dev-1.csv", "sst2/dev-2.csv"],
            ])
        #expect(
            try files(Self.names, card: Self.card) == ["train": ["cola/train.csv"], "test": ["cola/test.csv"]])
        #expect(try files(Self.names, card: Self.card, configuration: "plain") == ["train": ["top.csv"]])
        #expect(throws: DatasetError.self) {
            try files(Self.names, card: Self.card, configuration: "none")
        }
        #expect(throws: DatasetError.self) { try files(["x.csv"], card: Self.card, configuration: "sst2") }
    }

    @Test(arguments: [
        "---\nconfigs: 3\n---\n", "---\nconfigs:\n- a\n---\n", "---\nconfigs: [\n---\n",
        "---\nconfigs:\n- config_name: a\n  data_files: {}\n---\n",
        "---\nconfigs:\n- config_name: a\n  data_files:\n  - split: x\n---\n",
        "---\nconfigs:\n- config_name: a\n  data_files:\n  - split: x\n    path: a\n  - split: x\n    path: b\n---\n",
    ])
    func hostileCardsAreErrors(card: String) {
        #expect(throws: DatasetError.self) { try files(["a.csv"], card: card) }
    }

    @Test(arguments: ["", "# no metadata", "---\nlicense: mit\n", "---\n---\n", "---\nlicense: mit\n---\n"])
    func cardsWithoutConfigurations(card: String) throws {
        #expect(try files(["a.csv"], card: card) == ["train": ["a.csv"]])
    }

    @Test func aDataSetInSeveralFiles() async throws {
        let hub = try await HubServer().reset()
        try await hub.repository(
            "org/shards",
            [
                ["path": "data/train-00000-of-00002.csv", "text": .string(TinyModel.rows(6))],
                ["path": "data/train-00001-of-00002.csv", "text": .string(TinyModel.rows(4))],
                ["path": "data/test-00000-of-00001.csv", "text": .string(TinyModel.rows(2))],
            ], ["type": "dataset"])
        let data = try await HubDataset.find("org/shards", name: nil, revision: nil, api: hub.api()).load()
        #expect(data.numRows == ["train": 10, "test": 2])
        // Without the server, the list of files, and one of them.
        let folders = URL(filePath: hub.cache).appending(path: "datasets--org--shards")
        try FileManager.default.removeItem(at: folders.appending(path: "trees"))
        let offline = try HfApi(
            endpoint: hub.endpoint, token: .none, cacheDir: hub.cache,
            environment: HubEnvironment(["HOME": hub.folder.path, "HF_HUB_OFFLINE": "1"]))
        func load() async throws -> DatasetDict {
            try await HubDataset.find("org/shards", name: nil, revision: nil, api: offline).load()
        }
        #expect(try await load().numRows == ["train": 10, "test": 2])
        let missing = "data/train-00000-of-00002.csv"
        let commit = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folders.appending(path: "snapshots").path).first)
        try FileManager.default.removeItem(at: folders.appending(path: "snapshots/\(commit)/\(missing)"))
        let error = await #expect(throws: HubError.self) { try await load() }
        guard case .incompleteSnapshot(_, [missing], _) = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        // A folder that is there is taken as such.
        let folder = hub.folder.appending(path: "here")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(TinyModel.rows(3).utf8).write(to: folder.appending(path: "train.csv"))
        #expect(try await loadDataset(folder.path)["train"].numRows == 3)
    }

    @Test func aDataSetOfTheHub() async throws {
        let hub = try await HubServer().reset()
        try await hub.repository(
            "org/films",
            [
                ["path": "train.csv", "text": .string(TinyModel.rows(6))],
                ["path": "test.csv", "text": .string(TinyModel.rows(2))], ["path": "image.png", "size": 1000],
            ], ["type": "dataset"])
        let found = try await HubDataset.find("org/films", name: nil, revision: nil, api: hub.api())
        #expect(found.splitNames == ["train", "test"])
        #expect(try found.load()["train"].numRows == 6)
        #expect(try await hub.count { $0["path"]?.stringValue?.contains("image.png") == true } == 0)
        // Again without the server.
        let offline = try HfApi(
            endpoint: hub.endpoint, token: .none, cacheDir: hub.cache,
            environment: HubEnvironment(["HOME": hub.folder.path, "HF_HUB_OFFLINE": "1"]))
        #expect(
            try await HubDataset.find("org/films", name: nil, revision: nil, api: offline).splitNames
                == ["train", "test"])
    }
}
