import Datasets
import Foundation
import Testing

@Suite struct DatasetDictTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    /// What a tokenizer gives for one text.
    struct Encoding: RowConvertible {
        let ids: [Int]
        var columns: [(name: String, value: CellValue)] {
            [("input_ids", .ints(ids)), ("attention_mask", .ints(ids.map { _ in 1 }))]
        }
    }

    struct Tokenizer {
        func callAsFunction(_ text: String, truncation: Bool = false) throws -> Encoding {
            Encoding(ids: text.utf8.prefix(truncation ? 4 : 100).map { Int($0) })
        }
    }

    @Test func theProgramOfTheReadme() throws {
        let tokenizer = Tokenizer()
        let train = try folder.file("train.csv", "text,label\nab,1\nabcdef,0\n")
        let test = try folder.file("test.csv", "text,label\nxyz,1\n")
        let reviews = try loadDataset(csv: ["train": train, "test": test])
        let encoded = try reviews.map { try tokenizer($0["text"], truncation: true) }

        #expect(encoded.splitNames == ["train", "test"])
        #expect(encoded["train"].columnNames == ["text", "label", "input_ids", "attention_mask"])
        #expect(try encoded["train"].column("input_ids") == [[97, 98], [97, 98, 99, 100]] as [[Int]])
        #expect(try encoded["test"][0]["input_ids"] == [120, 121, 122] as [Int])
        #expect(encoded["test"].sourceLocation(ofRow: 0)?.line == 2)

        let one = try reviews["train"].map { try tokenizer($0["text"], truncation: true) }
        #expect(one.columnNames == encoded["train"].columnNames)
    }

    @Test func oneFileIsTrain() throws {
        let tsv = try loadDataset(tsv: try folder.file("a.tsv", "text\tlabel\na\t1\n"))
        #expect(tsv.splitNames == ["train"])
        let json = try loadDataset(json: try folder.file("a.jsonl", "{\"a\": 1}\n"))
        #expect(try json["train"].column("a") == [1])
        #expect(
            json.description
                == "DatasetDict({\n    train: Dataset({\n        features: ['a'],\n        num_rows: 1\n    })\n})")
        #expect(message { _ = try json.split("test") } == "there is no split 'test'; the splits are 'train'")
        #expect(json.contains("train") && !json.contains("test"))
    }

    @Test func transforms() throws {
        let rows = try Dataset.from(dictionary: ["n": [1, 2, 3, 4]])
        let splits = DatasetDict([("a", rows), ("b", rows.take(2))])
        #expect(try splits.filter { try $0["n"] > 1 }.numRows == ["a": 3, "b": 1])
        #expect(try splits.renameColumn("n", to: "m").columnNames == ["a": ["m"], "b": ["m"]])
        #expect(try splits.map(batched: true) { ["d": (try $0["n"] as [Double])] }["b"].column("d") == [1.0, 2.0])
        #expect(
            try splits.map { ["k": try $0["n"] as Int, "s": "x"] }["b"].column("s") == [
                "x", "x",
            ])
    }
}

extension DatasetDictTests {
    @Test func literalsOfSeveralTypes() throws {
        let rows = DatasetDict([("a", try Dataset.from(dictionary: ["n": [1, 2]]))])
        let mapped = try rows.map { _ in ["k": 1, "s": "x", "f": 0.5, "none": CellValue.null] }
        #expect(mapped["a"].columnNames == ["n", "f", "k", "none", "s"])
    }
}
