import Datasets
import Testing

@Suite struct TransformTests {
    let rows: Dataset
    init() throws {
        rows = try Dataset.from(dictionary: ["text": ["one", "two words", "three more words"], "label": [0, 1, 2]])
    }

    @Test func emptyTextsAlone() throws {
        let rows = try Dataset.from(dictionary: ["text": ["", ""], "words": [[""], []]])
        #expect(try rows.column("text") == ["", ""])
        #expect(try rows.column("words") == [[""], []])
    }

    @Test func fromDictionary() throws {
        let all = try Dataset.from(dictionary: [
            "s": ["a", nil, ""], "i": [1, nil, 3], "d": [1.5, 2, -1], "f": [0.5, 1, 2] as [Float],
            "b": [true, false, true],
            "i32": [[1], [], [2, 3]] as [[Int32]], "li": [[1, 2], [], [3]], "ls": [["a"], ["b", "c"], []],
            "ld": [[0.5], [], [1, 2]], "lb": [[true], [], [false]], "none": [nil, nil, nil] as [Int?],
            "cells": [.null, [1, nil], [2]] as [CellValue], "empty": [[], [], []] as [[Int]],
        ])
        #expect(
            all.features.map { "\($0.name):\($0.type)" } == [
                "s:string", "i:int64", "d:float64", "f:float64", "b:bool", "i32:list<int32>", "li:list<int64>",
                "ls:list<string>", "ld:list<float64>", "lb:list<bool>", "none:null", "cells:list<int64>",
                "empty:list<null>",
            ])
        #expect(try all.column("s") == ["a", nil, ""] as [String?])
        #expect(try all.column("i") == [1, nil, 3] as [Int?])
        #expect(try all.column("d") == [1.5, 2, -1])
        #expect(try all.column("f") == [0.5, 1, 2] as [Float])
        #expect(try all.column("b") == [true, false, true])
        #expect(try all.column("i32") == [[1], [], [2, 3]] as [[Int32]])
        #expect(try all.column("li") == [[1, 2], [], [3]] as [[Int]])
        #expect(try all.column("ls") == [["a"], ["b", "c"], []])
        #expect(try all.column("ld") == [[0.5], [], [1, 2]] as [[Double]])
        #expect(try all.column("lb") == [[true], [], [false]])
        #expect(try all.column("none") == [nil, nil, nil] as [Int?])
        #expect(try all.column("cells") == [.null, .list([.int(1), .null]), .ints([2])] as [CellValue])
        #expect(try all.column("empty") == [[], [], []] as [[Int]])
        #expect(all.sourceLocation(ofRow: 0) == nil)
    }

    @Test func dictionaryErrors() throws {
        #expect(
            message { _ = try Dataset.from(dictionary: ["a": [1, 2], "b": ["x"]]) }
                == "column 'b': has 1 values where 'a' has 2")
        #expect(message { _ = try Dataset.from(dictionary: ["a": [1], "a": [2]]) }?.contains("two columns") == true)
        #expect(
            message { _ = try Dataset.from(dictionary: ["a": [1, "x"] as [CellValue]]) }
                == "row 1, column 'a' is string where int64 is wanted")
        #expect(throws: DatasetError.self) { try Dataset.from(dictionary: ["a": [[1], ["x"]] as [CellValue]]) }
        #expect(throws: DatasetError.self) { try Dataset.from(dictionary: ["a": [[1, "x"]] as [CellValue]]) }
        #expect(throws: DatasetError.self) { try Dataset.from(dictionary: ["a": [[[1]], [["x"]]] as [CellValue]]) }
        #expect(try Dataset.from(columns: []).isEmpty)
    }

    @Test func typedAccess() throws {
        let row = rows[1]
        let text: String = try row["text"]
        #expect(text == "two words")
        #expect(try row["label"] == 1)
        #expect(try row["label"] == 1.0)
        #expect(try row["label"] == CellValue.int(1))
        #expect(row.description == "{'text': 'two words', 'label': 1}")
        #expect(
            message { let _: Int = try row["text"] } == "row 1, column 'text' is string where int64 is wanted")
        #expect(message { let _: String = try row["label"] }?.contains("int64 where string is wanted") == true)
        #expect(message { let _: [Int] = try row["label"] }?.contains("a list is wanted") == true)
        #expect(
            message { let _: String = try row["Text"] } == "there is no column 'Text'; the columns are 'text', 'label'")
        var seen: [String] = []
        try rows.forEachUTF8(in: "text") { seen.append("\($0):\($1.count)") }
        #expect(seen == ["0:3", "1:9", "2:16"])
    }

    @Test func collection() throws {
        #expect(rows.count == 3)
        #expect(rows.map { $0.index } == [0, 1, 2])
        #expect(rows.reversed().map { $0.index } == [2, 1, 0])
        var labels: [Int] = []
        for row in rows { labels.append(try row["label"]) }
        #expect(labels == [0, 1, 2])
        #expect(rows.description == "Dataset({\n    features: ['text', 'label'],\n    num_rows: 3\n})")
        #expect(rows.take(2).numRows == 2)
        #expect(rows.head().numRows == 3)
    }

    @Test func mapAddsAndReplaces() throws {
        let words = try rows.map { row in
            let text: String = try row["text"]
            return ["words": text.split(separator: " ").count]
        }
        #expect(words.columnNames == ["text", "label", "words"])
        #expect(try words.column("words") == [1, 2, 3])
        let mixed = try rows.map(removeColumns: ["label"]) { _ in ["text": "x", "n": 1, "l": [1, 2]] }
        #expect(mixed.columnNames == ["text", "l", "n"])
        #expect(try mixed.column("l") == [[1, 2], [1, 2], [1, 2]] as [[Int]])
        let shuffled = try rows.shuffle(seed: 42).map { ["again": try $0["label"] as Int] }
        let labels: [Int] = try shuffled.column("label")
        #expect(try shuffled.column("again") == labels)
        let both: [(Int, Int)] = try shuffled.shuffle(seed: 1).select([2, 0]).map { (try $0["label"], try $0["again"]) }
        #expect(both.allSatisfy { $0.0 == $0.1 } && both.count == 2)
    }

    @Test func mapErrors() throws {
        #expect(
            message { _ = try rows.map { $0.index == 1 ? ["a": 1] : ["b": 1] } }
                == "transform: gives the columns [\"a\"] for row 1, but [\"b\"] for the rows before")
        #expect(
            message { _ = try rows.map { ["a": $0.index < 2 ? CellValue.int(1) : .string("x")] } }
                == "row 2, column 'a' is string where int64 is wanted")
        #expect(throws: DatasetError.self) { try rows.map(removeColumns: ["x"]) { ["a": $0.index] } }
        #expect(throws: DatasetError.self) { try rows.map(batched: true, batchSize: 0) { ["a": $0.map(\.index)] } }
        #expect(throws: DatasetError.self) { try rows.map(batched: true) { _ in ["a": [1]] } }
    }

    @Test func batchedMap() throws {
        let many = try Dataset.from(dictionary: ["n": Array(0..<2500)])
        var sizes: [Int] = []
        let mapped = try many.map(batched: true) { batch in
            sizes.append(batch.count)
            let numbers: [Int] = try batch["n"]
            return ["square": numbers.map { $0 * $0 }, "name": numbers.map { "\($0)" }]
        }
        #expect(sizes == [1000, 1000, 500])
        #expect(mapped.columnNames == ["n", "name", "square"])
        #expect(try mapped[1700]["square"] == 1700 * 1700)
        let doubled = try many.map(batched: true, removeColumns: ["n"]) { batch in
            ["m": (try batch["n"] as [Int]).flatMap { [$0, $0] }]
        }
        #expect(doubled.numRows == 5000)
    }

    @Test func longListColumns() throws {
        // More than one piece of 65,536 rows, the first rows empty or null.
        let cells = (0..<150_000).map { row -> CellValue in
            row < 70_000 ? (row % 2 == 0 ? .null : .list([])) : .ints([row, row + 1])
        }
        let lists = try Dataset.from(dictionary: ["ids": cells, "n": Array(0..<150_000)])
        #expect(lists.features["ids"] == .list(.int64))
        for row in [0, 1, 65_535, 65_536, 69_999, 70_000, 149_999] {
            let ids: [Int]? = try lists[row]["ids"]
            #expect(ids == (row < 70_000 ? (row % 2 == 0 ? nil : []) : [row, row + 1]))
        }
    }

    @Test func filterAndSelect() throws {
        let chosen = try rows.filter { try $0["label"] != 1 }
        #expect(try chosen.column("label") == [0, 2])
        #expect(try rows.select([2, 2, 0]).column("label") == [2, 2, 0])
        #expect(try rows.select(1..<3).select(1..<2).column("label") == [2])
        #expect(rows.filter { _ in false }.isEmpty)
        #expect(message { _ = try rows.select([3]) } == "indices: 3 is outside the data set's 3 rows")
        #expect(message { _ = try rows.select([-1]) } != nil)
        #expect(message { _ = try rows.select(2..<4) } != nil)
    }

    @Test func columns() throws {
        #expect(try rows.renameColumn("label", to: "labels").columnNames == ["text", "labels"])
        #expect(throws: DatasetError.self) { try rows.renameColumn("label", to: "text") }
        #expect(try rows.removeColumn("text").columnNames == ["label"])
        #expect(try rows.selectColumns(["label", "text"]).columnNames == ["label", "text"])
        #expect(throws: DatasetError.self) { try rows.selectColumns(["label", "label"]) }
        #expect(throws: DatasetError.self) { try rows.removeColumns(["x"]) }
        let added = try rows.shuffle(seed: 1).addColumn("n", [10, 11, 12])
        #expect(try added.column("n") == [10, 11, 12])
        #expect(throws: DatasetError.self) { try rows.addColumn("n", [1]) }
        #expect(throws: DatasetError.self) { try rows.addColumn("text", [1, 2, 3]) }
    }

    @Test func classLabels() throws {
        let named = try Dataset.from(dictionary: ["label": ["pos", "neg", "pos"], "n": [10, 2, 10]])
        let encoded = try named.classEncodeColumn("label")
        #expect(encoded.features["label"] == .classLabel(try ClassLabel(names: ["neg", "pos"])))
        #expect(try encoded.column("label") == [1, 0, 1])
        #expect(try named.classEncodeColumn("n").column("n") == [0, 1, 0])
        let label = try ClassLabel(names: ["a", "b", "c"])
        #expect(try rows.castColumn("label", to: label).column("label") == [0, 1, 2])
        #expect(try label.int2str(2) == "c" && label.str2int("b") == 1 && label.numClasses == 3)
        #expect(
            message { _ = try named.castColumn("label", to: try ClassLabel(names: ["pos"])) }
                == "row 1, column 'label': 'neg' is none of the 1 classes 'pos'")
        #expect(message { _ = try named.castColumn("n", to: label) }?.contains("10 is outside 0..<3") == true)
        #expect(throws: DatasetError.self) { try ClassLabel(names: ["a", "a"]) }
        #expect(throws: DatasetError.self) { try ClassLabel(names: []) }
    }
}
