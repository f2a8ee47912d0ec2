/// In which order interleaving takes the rows of several data sets: that of Python's `interleave_datasets`.
struct InterleaveOrder {
    let lengths: [Int]
    let probabilities: [Double]?
    let seed: UInt64
    let strategy: StoppingStrategy

    /// Python draws this many sources at once; the generator's numbers depend on it.
    static let drawnAtOnce = 1000

    /// Places in the rows of all data sets one after the other.
    func rows() throws -> [Int] {
        try Self.check(probabilities, count: lengths.count)
        if let probabilities { return try drawn(probabilities) }
        return cycled()
    }

    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where they are no probabilities.
    static func check(_ probabilities: [Double]?, count: Int) throws {
        func fail(_ problem: String) -> DatasetError { .invalidArgument(name: "probabilities", problem: problem) }
        guard let probabilities else { return }
        guard probabilities.count == count else {
            throw fail("there are \(probabilities.count) for \(count) data sets")
        }
        if let wrong = probabilities.first(where: { !($0 >= 0 && $0 <= 1) }) {
            throw fail("\(wrong) is not between 0 and 1")
        }
        let sum = probabilities.reduce(0, +)
        // NumPy's tolerance.
        guard abs(sum - 1) <= 1.5e-8 else { throw fail("their sum is \(sum), not 1") }
    }

    private var offsets: [Int] {
        var next = 0
        return lengths.map { length in
            defer { next += length }
            return next
        }
    }

    private func cycled() -> [Int] {
        let offsets = offsets
        let rounds = (strategy == .firstExhausted ? lengths.min() : lengths.max()) ?? 0
        var rows: [Int] = []
        for round in 0..<rounds {
            for (source, length) in lengths.enumerated() where length > 0 {
                if round < length {
                    rows.append(offsets[source] + round)
                } else if strategy == .allExhausted {
                    rows.append(offsets[source] + round % length)
                }
            }
        }
        return rows
    }

    private func drawn(_ probabilities: [Double]) throws -> [Int] {
        for (source, length) in lengths.enumerated() {
            if length == 0, probabilities[source] > 0 {
                throw DatasetError.invalidArgument(
                    name: "datasets", problem: "number \(source) is empty, but has a probability above 0")
            }
            if length > 0, probabilities[source] == 0, strategy != .firstExhausted {
                throw DatasetError.invalidArgument(
                    name: "probabilities",
                    problem: "data set \(source) has probability 0 and is never exhausted, as \(strategy.rawValue) asks"
                )
            }
        }
        let offsets = offsets
        var generator = NumPyGenerator(seed: seed)
        var taken = [Int](repeating: 0, count: lengths.count)
        let drawable = lengths.indices.filter { probabilities[$0] > 0 }
        var left = strategy == .firstExhausted ? 1 : drawable.count
        var rows: [Int] = []
        while true {
            for source in generator.choices(weights: probabilities, size: Self.drawnAtOnce) {
                if strategy == .allExhaustedWithoutReplacement, taken[source] == lengths[source] { continue }
                rows.append(offsets[source] + taken[source] % lengths[source])
                taken[source] += 1
                if taken[source] == lengths[source] { left -= 1 }
                if left == 0 { return rows }
            }
        }
    }
}
