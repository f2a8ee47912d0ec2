import Foundation
public import Tokenization

/// Makes entities, with their places in the text, of the scores that a model gives to tokens; the numbers of Python's
/// `TokenClassificationPipeline`.
public struct EntityAggregator: Sendable {
    public let tokenizer: Tokenizer
    /// The tags by class number.
    public let labels: [String]
    public let strategy: AggregationStrategy
    /// Entities of these labels or types are left out.
    public let ignoreLabels: Set<String>

    private let tags: EntityTags

    public init(
        tokenizer: Tokenizer, labels: [String], strategy: AggregationStrategy = .simple,
        ignoreLabels: Set<String> = ["O"]
    ) {
        self.tokenizer = tokenizer
        self.labels = labels
        self.strategy = strategy
        self.ignoreLabels = ignoreLabels
        tags = EntityTags(labels)
    }

    /// The entities of a text.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - encoding: its tokens, padded or not. A text that was cut into several gives entities for each; see
    ///     ``merge(_:)``.
    ///   - logits: `[tokens, labels]`, row by row.
    /// - Throws: ``TaskError`` where there are not as many logits.
    public func entities(text: String, encoding: Encoding, logits: [Float]) throws -> [EntityPrediction] {
        try entities(scalars: Array(text.unicodeScalars), encoding, wordStarts: nil, logits)
    }

    /// The entities of a text that came in words; places are those in the words joined by `delimiter`.
    ///
    /// - Throws: ``TaskError`` where there are not as many logits.
    public func entities(
        words: [String], encoding: Encoding, logits: [Float], delimiter: String = " "
    ) throws -> [EntityPrediction] {
        var starts: [Int] = []
        var text = String.UnicodeScalarView()
        for (place, word) in words.enumerated() {
            if place > 0 { text.append(contentsOf: delimiter.unicodeScalars) }
            starts.append(text.count)
            text.append(contentsOf: word.unicodeScalars)
        }
        return try entities(scalars: Array(text), encoding, wordStarts: starts, logits)
    }

    /// The entities of a text that was encoded in parts which overlap: of two that overlap the longer stays, of two of
    /// one length the surer.
    public func merge(_ parts: [[EntityPrediction]]) -> [EntityPrediction] {
        let all = parts.joined().enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
        guard parts.count > 1, var open = all.first else { return all }
        var merged: [EntityPrediction] = []
        for entity in all {
            if (open.start..<max(open.end, open.start)).contains(entity.start) {
                let (length, before) = (entity.end - entity.start, open.end - open.start)
                if length > before || length == before && entity.score > open.score { open = entity }
            } else {
                merged.append(open)
                open = entity
            }
        }
        return merged + [open]
    }

    /// A token, or the tokens of a word, with the probabilities of the classes.
    private struct Piece {
        var word: String
        var start: Int
        var end: Int
        var index: Int
        var isSubword = false
        var scores: ArraySlice<Float>

        /// The likeliest class; of several alike the first.
        var best: Int {
            var best = scores.startIndex
            for place in scores.indices where scores[place] > scores[best] { best = place }
            return best - scores.startIndex
        }
    }

    private func entities(
        scalars: [Unicode.Scalar], _ encoding: Encoding, wordStarts: [Int]?, _ logits: [Float]
    ) throws -> [EntityPrediction] {
        guard logits.count == encoding.count * labels.count else {
            throw TaskError.argument(
                name: "logits",
                problem: "there are \(logits.count) for \(encoding.count) tokens and \(labels.count) labels")
        }
        let pieces = pieces(scalars, encoding, wordStarts, Softmax.rows(logits, width: labels.count))
        let found: [EntityPrediction]
        switch strategy {
        case .none: found = pieces.map { prediction(of: $0, isToken: true) }
        case .simple: found = grouped(pieces.map { prediction(of: $0) })
        case .first, .average, .max: found = grouped(words(of: pieces).map { prediction(of: $0) })
        }
        return found.filter { !ignoreLabels.contains($0.entity) }
    }

    private func pieces(
        _ text: [Unicode.Scalar], _ encoding: Encoding, _ wordStarts: [Int]?, _ scores: [Float]
    ) -> [Piece] {
        let (ids, offsets, wordIds) = (encoding.inputIds, encoding.offsets, encoding.wordIds)
        let specials = encoding.specialTokensMask
        let hasPrefix = tokenizer.continuingSubwordPrefix?.isEmpty == false
        return ids.indices.compactMap { index in
            guard specials[index] == 0 else { return nil }
            let shift = wordIds[index].flatMap { word in wordStarts?[word] } ?? 0
            let start = min(offsets[index].lowerBound + shift, text.count)
            let end = min(max(offsets[index].upperBound + shift, start), text.count)
            let token = tokenizer.idToToken(Int(ids[index])) ?? ""
            var piece = Piece(
                word: token, start: start, end: end, index: index,
                scores: scores[index * labels.count..<(index + 1) * labels.count])
            if Int(ids[index]) == tokenizer.unkTokenId {
                piece.word = String(String.UnicodeScalarView(text[start..<end]))
            } else if hasPrefix {
                piece.isSubword = token.unicodeScalars.count != end - start
            } else {
                // Where tokens do not say whether they go on, a space in the text does.
                piece.isSubword = start > 0 && !text[start - 1..<min(start + 1, text.count)].contains(" ")
            }
            return piece
        }
    }

    /// The pieces of each word as one.
    private func words(of pieces: [Piece]) -> [Piece] {
        var groups: [[Piece]] = []
        for piece in pieces {
            if piece.isSubword, !groups.isEmpty {
                groups[groups.count - 1].append(piece)
            } else {
                groups.append([piece])
            }
        }
        return groups.map { group in
            var word = group[0]
            word.word = tokenizer.convertTokensToString(group.map(\.word))
            word.end = group[group.count - 1].end
            switch strategy {
            case .max:
                for piece in group where piece.scores.max() ?? 0 > word.scores.max() ?? 0 { word.scores = piece.scores }
            case .average:
                let sums = (0..<labels.count).map { label in
                    group.reduce(Float(0)) { $0 + $1.scores[$1.scores.startIndex + label] } / Float(group.count)
                }
                word.scores = sums[...]
            case .none, .simple, .first: break
            }
            return word
        }
    }

    private func prediction(of piece: Piece, isToken: Bool = false) -> EntityPrediction {
        let best = piece.best
        return EntityPrediction(
            entity: labels[best], score: piece.scores[piece.scores.startIndex + best], word: piece.word,
            start: piece.start, end: piece.end, index: isToken ? piece.index : nil)
    }

    /// Neighbours of one type as one entity.
    private func grouped(_ pieces: [EntityPrediction]) -> [EntityPrediction] {
        var groups: [[EntityPrediction]] = []
        for piece in pieces {
            if let last = groups.last?.last, tags.goesOn(from: last.entity, to: piece.entity) {
                groups[groups.count - 1].append(piece)
            } else {
                groups.append([piece])
            }
        }
        return groups.map { group in
            let score = group.reduce(Float(0)) { $0 + $1.score } / Float(group.count)
            return EntityPrediction(
                entity: EntityTags.type(of: group[0].entity), score: score,
                word: tokenizer.convertTokensToString(group.map(\.word)), start: group[0].start,
                end: group[group.count - 1].end)
        }
    }
}

/// Which labels go on an entity.
private struct EntityTags: Sendable {
    /// Prefixes other than Python's `B-` and `I-` count only where the labels have a scheme with ends.
    private let hasEnds: Bool

    init(_ labels: [String]) {
        let prefixes = Set(labels.filter { $0.dropFirst().hasPrefix("-") }.compactMap(\.first))
        hasEnds = prefixes.isSuperset(of: ["B", "E"]) || prefixes.isSuperset(of: ["B", "L"])
    }

    /// The label without its prefix: all behind the first hyphen.
    static func type(of label: String) -> String {
        label.firstIndex(of: "-").map { String(label[label.index(after: $0)...]) } ?? label
    }

    func goesOn(from before: String, to label: String) -> Bool {
        let (last, now) = (split(before), split(label))
        return last.type == now.type && !"BSU".contains(now.prefix) && !"ESLU".contains(last.prefix)
    }

    private func split(_ label: String) -> (prefix: Character, type: String) {
        let known = hasEnds ? "BIMESLU" : "BI"
        guard let prefix = label.first, known.contains(prefix), label.dropFirst().hasPrefix("-") else {
            return ("I", label)
        }
        return (prefix, String(label.dropFirst(2)))
    }
}

/// Probabilities of the classes.
enum Softmax {
    static func rows(_ logits: [Float], width: Int) -> [Float] {
        guard width > 0 else { return [] }
        var result = logits
        for start in stride(from: 0, to: logits.count, by: width) {
            let row = start..<start + width
            let highest = logits[row].max() ?? 0
            var sum: Float = 0
            for place in row {
                result[place] = exp(logits[place] - highest)
                sum += result[place]
            }
            for place in row { result[place] /= sum }
        }
        return result
    }
}
