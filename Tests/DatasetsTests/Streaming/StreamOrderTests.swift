import Datasets
import OrderedJSON
import Testing

@Suite struct StreamOrderTests {
    let fixture: TransformFixture
    init() throws { fixture = try TransformFixture.load() }

    private func rows(_ count: Int, from start: Int = 0) throws -> Dataset {
        try Dataset.from(dictionary: ["row": Array(start..<start + count)])
    }

    private func order(_ stream: IterableDataset) throws -> [Int] {
        let rows = try stream.collect()
        return rows.isEmpty ? [] : try rows.column("row")
    }

    @Test func shufflesAsPython() throws {
        for expected in fixture.shuffledStreams {
            var stream = try rows(expected.count).toIterableDataset(numShards: expected.shards)
            if expected.mapped { stream = stream.map { ["row": try $0["row"] as Int] } }
            stream = stream.shuffle(
                seed: expected.seed, bufferSize: expected.buffer, maxBufferInputShards: expected.inputs)
            stream.setEpoch(expected.epoch)
            #expect(
                try order(stream) == expected.rows,
                "\(expected.count)/\(expected.shards) buffer \(expected.buffer) inputs \(expected.inputs) epoch \(expected.epoch) \(expected.mapped)"
            )
        }
    }

    @Test func otherStagesAsPython() throws {
        let base = try rows(40).toIterableDataset(numShards: 5)
        let more = try rows(12, from: 100).toIterableDataset(numShards: 3)
        var drawn = try interleaveDatasets([base, more], probabilities: [0.3, 0.7], seed: 1)
        drawn.setEpoch(2)
        let streams: [String: IterableDataset] = [
            "takeThenShuffle": base.take(17).shuffle(seed: 3, bufferSize: 6),
            "skipThenShuffle": base.skip(9).shuffle(seed: 3, bufferSize: 6),
            "shuffleThenTake": base.shuffle(seed: 3, bufferSize: 6).take(11),
            "concatenatedShuffled": try concatenateDatasets([base, more]).shuffle(seed: 5, bufferSize: 8),
            "repeated": base.take(4).repeat(3),
            "shard": try base.shard(numShards: 2, index: 1),
            "strided": try base.shard(numShards: 2, index: 1, contiguous: false),
            "takeShard": try base.take(17).shard(numShards: 2, index: 0),
            "interleavedShuffled": try interleaveDatasets(
                [base, more], probabilities: [0.5, 0.5], seed: 1, stoppingStrategy: .allExhausted
            ).shuffle(seed: 2, bufferSize: 10),
            "interleavedEpoch2": drawn,
        ]
        #expect(Set(streams.keys) == Set(fixture.otherStreams.keys))
        for (name, stream) in streams { #expect(try order(stream) == fixture.otherStreams[name], "\(name)") }
    }

    @Test func resumesAtEveryRow() throws {
        let base = try rows(23).toIterableDataset(numShards: 3)
        let more = try rows(9, from: 100).toIterableDataset()
        var shuffled = base.shuffle(seed: 1, bufferSize: 5)
        shuffled.setEpoch(3)
        let streams: [String: IterableDataset] = [
            "plain": base, "taken": base.skip(3).take(11),
            "mapped": base.map { ["row": try $0["row"] as Int + 1] },
            "batched": base.map(batched: true, batchSize: 4, removeColumns: ["row"]) {
                ["row": (try $0["row"] as [Int]).flatMap { [$0, -$0] }]
            },
            "filtered": base.filter { try $0["row"] as Int % 3 != 0 }, "repeated": base.repeat(2),
            "concatenated": try concatenateDatasets([base, more]),
            "interleaved": try interleaveDatasets([base, more], stoppingStrategy: .allExhausted),
            "drawn": try interleaveDatasets([base, more], probabilities: [0.4, 0.6], seed: 3),
            "shuffled": shuffled,
        ]
        for (name, stream) in streams {
            let all = try order(stream)
            for count in stride(from: 0, through: all.count, by: name == "plain" ? 1 : 3) {
                let iterator = try stream.makeIterator()
                for _ in 0..<count { _ = try iterator.next() }
                var resumed = stream
                resumed.loadStateDict(iterator.stateDict())
                #expect(try order(resumed) == Array(all[count...]), "\(name) after \(count)")
            }
            let other = try stream.makeIterator()
            _ = try other.nextBatch(of: 7)
            var resumed = stream
            resumed.loadStateDict(other.stateDict())
            #expect(try order(resumed) == Array(all[min(7, all.count)...]), "\(name) after a batch")
        }
        var wrong = base
        wrong.loadStateDict(["epoch": 0, "rows": ["x": 1], "offset": 0])
        #expect(throws: DatasetError.self) { try wrong.makeIterator() }
    }
}
