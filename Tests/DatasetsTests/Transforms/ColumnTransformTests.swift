import Datasets
import Testing

@Suite struct ColumnTransformTests {
    let rows: Dataset
    init() throws {
        rows = try Dataset.from(dictionary: [
            "n": [3, 1, nil, 1], "x": [0.5, .nan, 2, -1], "s": ["b", "é", "b", nil], "l": [[1, 2], [], [3], [4]],
        ])
    }

    @Test func casts() throws {
        #expect(try rows.castColumn("n", to: .int8).features["n"] == .int8)
        #expect(try rows.castColumn("n", to: .string).column("n") == ["3", "1", nil, "1"] as [String?])
        #expect(try rows.castColumn("l", to: .list(.int32)).column("l") == [[1, 2], [], [3], [4]] as [[Int32]])
        #expect(try rows.select([3, 0]).castColumn("n", to: .float64).column("n") == [1.0, 3.0])
        let text = try Dataset.from(dictionary: ["t": ["1", "22", "x", "4"]])
        #expect(message { _ = try text.castColumn("t", to: .int64) } == "row 2, column 't': 'x' can't be cast to int64")
        #expect(try text.take(2).castColumn("t", to: .int64).column("t") == [1, 22])
        #expect(message { _ = try rows.castColumn("x", to: .int64) }?.contains("column 'x'") == true)
        #expect(throws: DatasetError.self) { try rows.castColumn("l", to: .int64) }
        #expect(throws: DatasetError.self) { try rows.castColumn("q", to: .int64) }
        let folder = try TemporaryFolder()
        var options = DelimitedOptions.csv
        options.stringColumns = ["a"]
        let file = try Dataset.fromCSV(try folder.file("a.csv", "a\n1\n2\nthree\n"), options: options)
        #expect(message { _ = try file.castColumn("a", to: .int64) }?.contains("a.csv, line 4, column 'a'") == true)
        let classes = try ClassLabel(names: ["no", "yes", "maybe", "never"])
        let cast = try rows.selectColumns(["n", "s"]).cast(
            Features([.init(name: "n", type: .float32), .init(name: "s", type: .string)]))
        #expect(cast.features["n"] == .float32)
        #expect(throws: DatasetError.self) { try rows.cast(Features([.init(name: "n", type: .int64)])) }
        let labels = try rows.select([0, 1, 3]).castColumn("n", to: .classLabel(classes))
        #expect(labels.features["n"] == .classLabel(classes))
    }

    @Test func flattens() throws {
        let folder = try TemporaryFolder()
        let nested = try Dataset.fromJSON(
            try folder.file(
                "a.jsonl",
                "{\"id\": 1, \"a\": {\"x\": 1, \"b\": {\"y\": \"p\"}}}\n{\"id\": 2, \"a\": {\"x\": null, \"b\": null}}\n"
            ))
        let flat = try nested.shuffle(seed: 1).sort("id").flatten()
        #expect(flat.columnNames == ["id", "a.x", "a.b.y"])
        #expect(try flat.column("a.x") == [1, nil] as [Int?])
        #expect(try flat.column("a.b.y") == ["p", nil] as [String?])
        #expect(try rows.flatten().columnNames == rows.columnNames)
    }

    @Test func selections() throws {
        let ten = try Dataset.from(dictionary: ["n": Array(0..<10)])
        func numbers(_ dataset: Dataset) throws -> [Int] { dataset.isEmpty ? [] : try dataset.column("n") }
        #expect(try numbers(ten.skip(7)) == [7, 8, 9])
        #expect(try numbers(ten.skip(17)) == [] && numbers(ten.skip(-1)).count == 10)
        #expect(
            try (0..<3).map { try numbers(ten.shard(numShards: 3, index: $0)) } == [
                [0, 1, 2, 3], [4, 5, 6], [7, 8, 9],
            ])
        #expect(try numbers(ten.shard(numShards: 3, index: 1, contiguous: false)) == [1, 4, 7])
        #expect(throws: DatasetError.self) { try ten.shard(numShards: 3, index: 3) }
        #expect(throws: DatasetError.self) { try ten.shard(numShards: 0, index: 0) }
        #expect(try numbers(ten.take(2).repeat(3)) == [0, 1, 0, 1, 0, 1])
        #expect(ten.repeat(0).isEmpty)
        #expect(ten.iter(batchSize: 4).map(\.count) == [4, 4, 2])
        #expect(ten.iter(batchSize: 4, dropLastBatch: true).map(\.count) == [4, 4])
        let shuffled = ten.shuffle(seed: 3)
        #expect(try numbers(shuffled.flattenIndices()) == numbers(shuffled))
        #expect(try rows.unique("s") == ["b", "é", .null])
        #expect(try rows.unique("n") == [3, 1, .null])
        #expect(rows.take(2).toDict().map(\.name) == ["n", "x", "s", "l"])
        #expect(rows.take(1).toDict()[3].values == [.ints([1, 2])])
    }

    @Test func columnsAndItems() throws {
        #expect(try rows.renameColumns(["n": "s", "s": "n"]).columnNames == ["s", "x", "n", "l"])
        #expect(throws: DatasetError.self) { try rows.renameColumns(["n": "x"]) }
        #expect(throws: DatasetError.self) { try rows.renameColumns(["q": "z"]) }
        let more = try rows.addItem(["n": CellValue.int(7), "s": "new", "extra": true] as [String: CellValue])
        #expect(more.numRows == 5 && more.columnNames == ["n", "x", "s", "l", "extra"])
        #expect(more[4].description == "{'n': 7, 'x': None, 's': 'new', 'l': None, 'extra': True}")
        #expect(
            message { _ = try rows.addItem(["n": "text"]) } == "row 4, column 'n' is string where int64 is wanted")
    }

    @Test func describes() throws {
        let description = rows.describe()
        #expect(description.rowCount == 4)
        let (n, x, s, l) = (
            description.columns[0], description.columns[1], description.columns[2], description.columns[3]
        )
        #expect(n.nullCount == 1 && n.numbers?.minimum == 1 && n.numbers?.maximum == 3 && n.counts == [1: 2, 3: 1])
        #expect(x.nanCount == 1 && x.numbers?.mean == 0.5 && x.counts == nil)
        #expect(s.lengths?.maximum == 1 && s.nullCount == 1 && s.counts == ["b": 2, "é": 1])
        #expect(l.lengths?.mean == 1 && l.counts == nil)
        #expect(
            "\(description)" == """
                4 rows
                column  type         nulls       min      max      mean     values
                n       int64        1           1        3        1.667    1: 2, 3: 1
                x       float64      0 (+1 NaN)  -1       2        0.5      -
                s       string       1           1 chars  1 chars  1 chars  b: 2, é: 1
                l       list<int64>  0           0 items  2 items  1 items  -
                """)
        let classes = try Dataset.from(dictionary: ["c": ["a", "b", "a"]]).classEncodeColumn("c")
        #expect("\(classes.describe())".contains("ClassLabel(2)"))
        #expect("\(classes.describe())".contains("a: 2, b: 1"))
        let many = try Dataset.from(dictionary: ["n": Array(0..<2000)])
        #expect(many.describe().columns[0].counts == nil)
    }
}
