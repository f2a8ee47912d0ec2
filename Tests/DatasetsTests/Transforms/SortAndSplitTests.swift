import Datasets
import Testing

@Suite struct SortAndSplitTests {
    let fixture: TransformFixture
    init() throws { fixture = try TransformFixture.load() }

    @Test func sortsAsPython() throws {
        let rows = try Dataset.from(dictionary: [
            "i": [3, 1, nil, 2, 1, 3, nil, 0],
            "d": [0.5, .nan, -1, nil, 2.5, 0.5, .nan, -1] as [Double?],
            "s": ["b", "a", "é", nil, "Z", "a", "aa", "\u{1F600}"],
            "b": [true, false, nil, true, false, true, nil, false], "row": Array(0..<8),
        ])
        for expected in fixture.sorted {
            let placement = try #require(Dataset.NullPlacement(rawValue: expected.placement))
            let sorted = try rows.sort(expected.columns, reverse: expected.reverse, nullPlacement: placement)
            #expect(try sorted.column("row") == expected.rows, "\(expected.columns) \(expected.reverse) \(placement)")
        }
        #expect(try rows.sort("row", reverse: true).column("row") == Array((0..<8).reversed()))
        #expect(throws: DatasetError.self) { try rows.sort([]) }
        #expect(throws: DatasetError.self) { try rows.sort(["x"]) }
        #expect(throws: DatasetError.self) { try rows.sort(["i", "s"], reverse: [true, false, true]) }
        let lists = try Dataset.from(dictionary: ["l": [[1], [2]]])
        #expect(message { _ = try lists.sort("l") }?.contains("'l' is list<int64>") == true)
    }

    @Test func stratifiesAsPython() throws {
        for expected in fixture.stratified {
            let label = try ClassLabel(names: (0...(expected.labels.max() ?? 0)).map { "c\($0)" })
            let rows = try Dataset.from(dictionary: [
                "row": Array(0..<expected.labels.count), "label": expected.labels,
            ]).castColumn("label", to: label)
            func size(_ number: Double) -> Dataset.SplitSize { number < 1 ? .fraction(number) : .rows(Int(number)) }
            let parts = try rows.trainTestSplit(
                testSize: size(expected.testSize), trainSize: expected.trainSize.map(size), seed: expected.seed,
                stratifyByColumn: "label")
            #expect(try parts["train"].column("row") == expected.train)
            #expect(try parts["test"].column("row") == expected.test)
        }
    }

    @Test func stratifyingErrors() throws {
        let rows = try Dataset.from(dictionary: ["label": ["a", "a", "b", "b", "b", "c"], "n": Array(0..<6)])
        #expect(
            message { _ = try rows.trainTestSplit(testSize: 0.5, seed: 1, stratifyByColumn: "label") }?
                .contains("classEncodeColumn makes them") == true)
        let classes = try rows.classEncodeColumn("label")
        #expect(
            message { _ = try classes.trainTestSplit(testSize: 0.5, seed: 1, stratifyByColumn: "label") }?
                .contains("only one row") == true)
        let two = classes.take(5)
        #expect(
            message { _ = try two.trainTestSplit(testSize: 1, seed: 1, stratifyByColumn: "label") }?
                .contains("can't hold a row of each of 2 classes") == true)
        #expect(throws: DatasetError.self) {
            try two.trainTestSplit(testSize: 3, trainSize: 3, seed: 1, stratifyByColumn: "label")
        }
    }
}
