internal import OrderedJSON

/// Stages whose rows come in turn, or drawn at random: Python's interleaving of streams, in its order.
struct CyclingStream: RowStream {
    let parts: [any RowStream]
    let strategy: StoppingStrategy
    /// Rows that one stage gives at a time.
    var pieceSize = 1
    /// What draws the next stage; nil: one after the other.
    var draws: Draws?

    struct Draws: Sendable {
        let generator: NumPyGenerator
        let probabilities: [Double]
    }

    var shardCount: Int { parts.map(\.shardCount).min() ?? 0 }
    var isTabular: Bool { parts.allSatisfy(\.isTabular) }

    private func with(_ parts: [any RowStream], _ draws: Draws?) -> CyclingStream {
        CyclingStream(parts: parts, strategy: strategy, pieceSize: pieceSize, draws: draws)
    }

    func shufflingSources(_ generator: NumPyGenerator) -> (any RowStream)? {
        let shuffled = parts.compactMap { $0.shufflingSources(generator) }
        guard shuffled.count == parts.count else { return nil }
        return with(shuffled, draws.map { Draws(generator: generator, probabilities: $0.probabilities) })
    }

    func shard(_ index: Int, of count: Int, contiguous: Bool) -> any RowStream {
        let used = min(count, shardCount)
        guard index < used else { return with([], draws) }
        return with(parts.map { $0.shard(index, of: used, contiguous: contiguous) }, draws)
    }

    func shiftingGenerators(by epoch: Int) -> any RowStream {
        with(
            parts.map { $0.shiftingGenerators(by: epoch) },
            draws.map { Draws(generator: $0.generator.shifted(by: epoch), probabilities: $0.probabilities) })
    }

    func open(at state: JSONValue?) throws -> any RowCursor { try CyclingCursor(self, at: state) }
}

private final class CyclingCursor: RowCursor {
    private let stage: CyclingStream
    private var parts: [PeekingCursor]
    private var isExhausted: [Bool]
    private var turns: Turns

    init(_ stage: CyclingStream, at state: JSONValue?) throws {
        self.stage = stage
        let states = state?["parts"]?.arrayValue
        let exhausted = state?["exhausted"]?.arrayValue?.compactMap(\.boolValue)
        guard state == nil || (states?.count == stage.parts.count && exhausted?.count == stage.parts.count) else {
            throw DatasetError.badState("parts")
        }
        parts = try stage.parts.enumerated().map {
            try PeekingCursor($0.element, pieceSize: stage.pieceSize, at: states?[$0.offset])
        }
        isExhausted = exhausted ?? stage.parts.map { _ in false }
        turns = try Turns(stage, at: try state?.part("turns"))
    }

    var state: JSONValue {
        [
            "parts": .array(parts.map(\.state)), "exhausted": .array(isExhausted.map { .bool($0) }),
            "turns": turns.state,
        ]
    }

    private var isAtEnd: Bool {
        parts.isEmpty || (stage.strategy == .firstExhausted ? isExhausted.contains(true) : !isExhausted.contains(false))
    }

    func next(limit: Int) throws -> Dataset? {
        // Pieces of several rows are handed over one by one: whoever reads them counts them.
        let wanted = stage.pieceSize == 1 ? limit : 1
        var gathered = GatheredRows()
        while gathered.pieceCount < wanted, !isAtEnd {
            let number = turns.next()
            if isExhausted[number], stage.strategy == .allExhaustedWithoutReplacement { continue }
            if let (piece, rows) = try parts[number].take() { gathered.append(piece, rows) }
            guard try parts[number].isAtEnd() else { continue }
            isExhausted[number] = true
            if stage.strategy == .allExhaustedWithoutReplacement { continue }
            parts[number] = try PeekingCursor(stage.parts[number], pieceSize: stage.pieceSize, at: nil)
        }
        return try gathered.dataset()
    }
}

/// Whose turn it is.
private struct Turns {
    private let count: Int
    private var generator: NumPyGenerator?
    private let probabilities: [Double]
    /// The generator as it was before it drew the numbers at hand.
    private var before: NumPyGenerator?
    private var drawn: [Int] = []
    private var place = 0

    init(_ stage: CyclingStream, at state: JSONValue?) throws {
        count = stage.parts.count
        probabilities = stage.draws?.probabilities ?? []
        generator = stage.draws?.generator
        place = try state?.number("place") ?? 0
        guard let draws = stage.draws else {
            guard place < max(count, 1) else { throw DatasetError.badState("place") }
            return
        }
        if let saved = state?["generator"] {
            guard let known = NumPyGenerator(state: saved), place <= InterleaveOrder.drawnAtOnce else {
                throw DatasetError.badState("generator")
            }
            generator = known
        }
        before = generator ?? draws.generator
        if place > 0 { drawn = draw() }
    }

    var state: JSONValue {
        guard let before else { return ["place": .int(place)] }
        return ["place": .int(place), "generator": before.state]
    }

    mutating func next() -> Int {
        guard generator != nil else {
            defer { place = (place + 1) % count }
            return place
        }
        if place == drawn.count {
            before = generator
            drawn = draw()
            place = 0
        }
        defer { place += 1 }
        return drawn[place]
    }

    private mutating func draw() -> [Int] {
        generator?.choices(weights: probabilities, size: InterleaveOrder.drawnAtOnce) ?? []
    }
}
