import Datasets
import Testing

@Suite struct CombiningTests {
    let fixture: TransformFixture
    init() throws { fixture = try TransformFixture.load() }

    private func parts(_ lengths: [Int]) throws -> [Dataset] {
        var start = 0
        return try lengths.map { length in
            defer { start += length }
            return try Dataset.from(dictionary: ["row": Array(start..<start + length)])
        }
    }

    @Test func interleavesAsPython() throws {
        for expected in fixture.interleaved {
            let strategy = try #require(StoppingStrategy(rawValue: expected.strategy))
            let parts = try parts(expected.lengths)
            let merged = try interleaveDatasets(
                parts, probabilities: expected.probabilities, seed: expected.seed, stoppingStrategy: strategy)
            #expect(try merged.column("row") == expected.rows, "\(expected.lengths) \(strategy)")
            let streamed = try interleaveDatasets(
                parts.map { try $0.toIterableDataset() }, probabilities: expected.probabilities, seed: expected.seed,
                stoppingStrategy: strategy)
            #expect(
                try streamed.collect().column("row") == expected.streamed,
                "stream \(expected.lengths) \(strategy) \(expected.probabilities ?? [])")
        }
    }

    @Test func probabilitiesAreChecked() throws {
        let parts = try parts([2, 2])
        for wrong in [[0.5], [0.5, 0.6], [-0.5, 1.5], [.nan, 1]] {
            #expect(throws: DatasetError.self) { try interleaveDatasets(parts, probabilities: wrong) }
        }
        #expect(
            message {
                _ = try interleaveDatasets(parts, probabilities: [1, 0], stoppingStrategy: .allExhausted)
            }?.contains("probability 0 and is never exhausted") == true)
        #expect(throws: DatasetError.self) { try interleaveDatasets([] as [Dataset]) }
        let empty = parts[0].take(0)
        #expect(throws: DatasetError.self) { try interleaveDatasets([empty, parts[0]], probabilities: [0.5, 0.5]) }
    }

    @Test func concatenatesRows() throws {
        let first = try Dataset.from(dictionary: ["a": [1, 2, 3], "s": ["x", "y", "z"]]).select([2, 0])
        let second = try Dataset.from(dictionary: ["s": ["q"], "more": [0.5]])
        let nulls = try Dataset.from(dictionary: ["a": [nil, nil] as [Int?], "s": ["r", "t"]])
        let all = try concatenateDatasets([first, second, nulls])
        #expect(all.columnNames == ["a", "s", "more"])
        #expect(try all.column("a") == [3, 1, nil, nil, nil] as [Int?])
        #expect(try all.column("s") == ["z", "x", "q", "r", "t"])
        #expect(try all.column("more") == [nil, nil, 0.5, nil, nil] as [Double?])
        #expect(try all.shuffle(seed: 1).select([0, 1]).numRows == 2)
        let lists = try concatenateDatasets([
            try .from(dictionary: ["l": [[], []] as [[Int]]]), try .from(dictionary: ["l": [[1, 2]]]),
        ])
        #expect(try lists.column("l") == [[], [], [1, 2]] as [[Int]])
        let text = try Dataset.from(dictionary: ["a": ["x"]])
        #expect(
            message { _ = try concatenateDatasets([first, text]) }
                == "column 'a': is int64 in one data set and string in another; cast one of them")
    }

    @Test func concatenatesColumns() throws {
        let left = try Dataset.from(dictionary: ["a": [1, 2, 3]]).select([2, 1])
        let right = try Dataset.from(dictionary: ["b": ["x", "y"]])
        let both = try concatenateDatasets([left, right], axis: 1)
        #expect(both[0].description == "{'a': 3, 'b': 'x'}")
        #expect(throws: DatasetError.self) { try concatenateDatasets([left, left], axis: 1) }
        #expect(throws: DatasetError.self) { try concatenateDatasets([left, right.take(1)], axis: 1) }
        #expect(throws: DatasetError.self) { try concatenateDatasets([left, right], axis: 2) }
    }

    @Test func placesInFilesStay() throws {
        let folder = try TemporaryFolder()
        let one = try Dataset.fromCSV(try folder.file("one.csv", "t\na\nb\nc\n"))
        let two = try Dataset.fromJSONLines(try folder.file("two.jsonl", "{\"t\": \"d\"}\n{\"t\": \"e\"}\n"))
        let all = try concatenateDatasets([one.select([2, 0]), try .from(dictionary: ["t": ["m"]]), two])
        let chosen = try all.select([4, 0, 1, 3])
        let places = chosen.indices.map { chosen.sourceLocation(ofRow: $0) }
        #expect(places.map { $0?.line } == [2, 4, 2, 1])
        #expect(places[0]?.file.hasSuffix("two.jsonl") == true && places[1]?.file.hasSuffix("one.csv") == true)
        #expect(all.sourceLocation(ofRow: 2) == nil)
    }
}
