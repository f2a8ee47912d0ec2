import Datasets
import Foundation
import Testing

@Suite struct DataFolderTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, _ text: String) throws {
        let url = folder.url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func load(_ name: String? = nil) throws -> DatasetDict {
        try loadDataset(folder: folder.url.path, name: name)
    }

    @Test func splitsByFileNames() throws {
        try write("my_train_1.csv", "a\n1\n")
        try write("my_train_2.csv", "a\n2.5\n")
        try write("dev.csv", "a\n3\n")
        try write("notes.txt", "not data")
        try write(".hidden.csv", "a\n9\n")
        let splits = try load()
        #expect(splits.splitNames == ["train", "validation"])
        #expect(try splits["train"].column("a") == [1, 2.5])
        #expect(splits["train"].sourceLocation(ofRow: 1)?.file.hasSuffix("my_train_2.csv") == true)
        #expect(splits["train"].sourceLocation(ofRow: 1)?.line == 2)
    }

    @Test func splitsByFolderNames() throws {
        try write("train/a.jsonl", "{\"x\": 1}\n")
        try write("train/b.jsonl", "{\"x\": 2, \"y\": \"z\"}\n")
        try write("test/a.jsonl", "{\"x\": 3}\n")
        let splits = try load()
        #expect(splits.splitNames == ["train", "test"])
        #expect(try splits["train"].column("y") == [nil, "z"] as [String?])
    }

    @Test func shards() throws {
        for (split, value) in [("train", 1), ("extra", 2)] {
            let rows = try Dataset.from(dictionary: ["v": [value]])
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent("data"), withIntermediateDirectories: true)
            try rows.toParquet(folder.url.appendingPathComponent("data/\(split)-00000-of-00001.parquet").path)
        }
        let splits = try load()
        #expect(splits.splitNames == ["train", "extra"])
        #expect(try splits["extra"].column("v") == [2])
    }

    @Test func everythingIsTrainOtherwise() throws {
        try write("a.txt", "one\r\ntwo\n")
        try write("deep/b.txt", "three\n\n")
        let splits = try load()
        #expect(splits.splitNames == ["train"])
        #expect(try splits["train"].column("text") == ["one", "two", "three", ""])
        #expect(try loadDataset(folder: folder.url.path, dataFiles: ["**/b.*"])["train"].numRows == 2)
        #expect(try loadDataset(folder: folder.url.path, dataDir: "deep")["train"].numRows == 2)
    }

    @Test func cardNamesFilesAndFeatures() throws {
        try write("one/x.csv", "text;label\na;neg\nb;pos\n")
        try write("two/y.csv", "text;label\nc;pos\n")
        try write(
            "README.md",
            """
            ---
            configs:
            - config_name: first
              default: true
              sep: ";"
              data_files:
              - split: train
                path: one/*.csv
              - split: holdout
                path: [two/*.csv]
            - config_name: second
              data_files: two/y.csv
            dataset_info:
            - config_name: first
              features:
              - name: text
                dtype: string
              - name: label
                dtype:
                  class_label:
                    names:
                      '0': neg
                      '1': pos
            ---
            # A card
            """)
        let splits = try load()
        #expect(splits.splitNames == ["train", "holdout"])
        #expect(try splits["train"].column("label") == [0, 1])
        #expect(splits["train"].features["label"] == .classLabel(try ClassLabel(names: ["neg", "pos"])))
        #expect(try load("second").splitNames == ["train"])
        #expect(message { _ = try load("third") }?.contains("name one of 'first', 'second'") == true)
        try write("README.md", "---\nconfigs:\n- config_name: a\n  data_files: ../../x.csv\n---\n")
        #expect(message { _ = try load() }?.contains("outside of the folder") == true)
        try write("README.md", "---\nconfigs: [\n---\n")
        #expect(message { _ = try load() }?.contains("README.md: the card's head") == true)
    }

    @Test func cardOfOneDataSet() throws {
        let head = """
            ---
            dataset_info:
              features:
              - name: text
                dtype: string
              - name: label
                dtype:
                  class_label:
                    names:
                      '0': neg
                      '1': pos
            ---
            """
        try write("README.md", head)
        try write("train.csv", "text,label\n1,0\nb,1\n")
        #expect(try load()["train"].features["label"] == .classLabel(try ClassLabel(names: ["neg", "pos"])))
        #expect(try load("default")["train"].column("text") == ["1", "b"])
        #expect(message { _ = try load("other") }?.contains("'other'") == true)
        try write("train.csv", "text,label,more\n1,0,2\n")
        #expect(message { _ = try load() }?.contains("'more'") == true)
        // What is said about another data set means nothing here.
        try write("README.md", head.replacing("dataset_info:", with: "dataset_info:\n  config_name: other"))
        #expect(try load()["train"].features["label"] == .int64)
        try write("README.md", "---\nconfigs:\n- config_name: a\n  sep: '||'\n---\n")
        #expect(message { _ = try load() }?.contains("sep: '||' is not one character") == true)
    }

    @Test func patterns() throws {
        for name in ["data/a1.csv", "data/a2.csv", "data/b1.csv", "data/x/a3.csv", "data/__c/a4.csv", "data/.d/a5.csv"]
        {
            try write(name, "v\n1\n")
        }
        func names(_ pattern: String) throws -> [String] {
            try pattern.expanded(in: folder.url.path).map { String($0.dropFirst(folder.url.path.count + 6)) }
        }
        #expect(try names("data/*.csv") == ["a1.csv", "a2.csv", "b1.csv"])
        #expect(try names("data/a[1-2].csv") == ["a1.csv", "a2.csv"])
        #expect(try names("data/[!a]?.csv") == ["b1.csv"])
        #expect(try names("data/**/a*.csv") == ["a1.csv", "a2.csv", "x/a3.csv"])
        #expect(try names("**/a*.csv") == ["a1.csv", "a2.csv", "x/a3.csv"])
        #expect(try names("data/__c/*.csv") == ["__c/a4.csv"])
        #expect(message { _ = try names("data/*.json") }?.contains("no file matches") == true)
    }

    @Test func nothingToLoad() throws {
        #expect(message { _ = try load() }?.contains("no data files") == true)
        #expect(message { _ = try loadDataset(folder: folder.url.path + "/none") }?.contains("no such file") == true)
        try write("a.xyz", "?")
        #expect(message { _ = try loadDataset(folder: folder.url.path + "/a.xyz") }?.contains(".parquet") == true)
    }
}
