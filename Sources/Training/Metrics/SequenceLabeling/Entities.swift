/// A piece of a tagged sentence with a type.
public struct TaggedEntity: Sendable, Hashable {
    /// The type without a prefix: `PER` of `B-PER`.
    public let type: String
    /// The sentence's place among those given.
    public let sentence: Int
    /// The places of its words in the sentence.
    public let tokens: Range<Int>

    public init(type: String, sentence: Int, tokens: Range<Int>) {
        self.type = type
        self.sentence = sentence
        self.tokens = tokens
    }

    /// The entities of tagged sentences, in order.
    ///
    /// - Parameters:
    ///   - sentences: A tag for each word of each sentence, such as `B-PER` and `O`.
    ///   - scheme: Takes only what this scheme allows for an entity; nil: as conlleval does, whatever the scheme, with a
    ///     new entity at every change of type.
    ///   - suffix: Whether the prefix stands at the end, as in `PER-B`.
    /// - Throws: ``MetricError`` for a tag that is empty or none of the scheme.
    public static func find(
        in sentences: [[String]], scheme: TaggingScheme? = nil, suffix: Bool = false
    ) throws -> [TaggedEntity] {
        try EntityFinder.entities(in: sentences, scheme: scheme, suffix: suffix).sorted {
            ($0.sentence, $0.tokens.lowerBound) < ($1.sentence, $1.tokens.lowerBound)
        }
    }
}

/// A tag taken apart: `B-PER` is `B` and `PER`; without a type it is `_`.
private struct Tag {
    let prefix: Character
    let type: String

    static let outside = Tag(prefix: "O", type: "_")

    init(prefix: Character, type: String) {
        self.prefix = prefix
        self.type = type
    }

    init(_ text: String, suffix: Bool, isStrict: Bool) throws(MetricError) {
        guard let prefix = suffix ? text.last : text.first else {
            throw .invalid(metric: "seqeval", reason: "a tag is empty")
        }
        self.prefix = prefix
        let rest = suffix ? text.dropLast() : text.dropFirst()
        let type: Substring
        if isStrict {
            type = rest.trimmingPrefix { $0 == "-" }.droppingSuffix { $0 == "-" }
        } else if suffix {
            type = rest.lastIndex(of: "-").map { rest[..<$0] } ?? rest
        } else {
            type = rest.firstIndex(of: "-").map { rest[rest.index(after: $0)...] } ?? rest
        }
        self.type = type.isEmpty ? "_" : String(type)
    }

    func follows(_ before: Tag, _ patterns: [TaggingScheme.Pattern]) -> Bool {
        patterns.contains { pattern in
            (pattern.before?.contains(before.prefix) ?? true) && (pattern.now?.contains(prefix) ?? true)
                && (pattern.types == .any || (pattern.types == .same) == (before.type == type))
        }
    }
}

extension Substring {
    fileprivate func droppingSuffix(while condition: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !condition($0) }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}

enum EntityFinder {
    /// The entities of tagged sentences: by the scheme's rules, or without one as conlleval finds them, which takes any
    /// change of type for a new entity.
    static func entities(
        in sentences: [[String]], scheme: TaggingScheme?, suffix: Bool
    ) throws(MetricError) -> Set<TaggedEntity> {
        var found: Set<TaggedEntity> = []
        for (number, sentence) in sentences.enumerated() {
            var tags: [Tag] = []
            for text in sentence { tags.append(try Tag(text, suffix: suffix, isStrict: scheme != nil)) }
            if let scheme {
                if let wrong = tags.firstIndex(where: { !scheme.prefixes.contains($0.prefix) }) {
                    throw .invalid(
                        metric: "seqeval",
                        reason: "sentence \(number), token \(wrong): the tag \(sentence[wrong]) is none of the scheme "
                            + scheme.rawValue)
                }
                found.formUnion(strict(tags, scheme, sentence: number))
            } else {
                found.formUnion(lenient(tags, sentence: number))
            }
        }
        return found
    }

    private static func strict(_ tags: [Tag], _ scheme: TaggingScheme, sentence: Int) -> [TaggedEntity] {
        let tags = tags + [.outside]
        var found: [TaggedEntity] = []
        var before = Tag.outside
        var place = 0
        while place < tags.count {
            let tag = tags[place]
            guard tag.follows(before, scheme.starts) else {
                before = tag
                place += 1
                continue
            }
            var end = place + 1
            while end < tags.count, tags[end].follows(tags[end - 1], scheme.insides) { end += 1 }
            if end < tags.count, tags[end].follows(tags[end - 1], scheme.ends) {
                found.append(TaggedEntity(type: tag.type, sentence: sentence, tokens: place..<end))
            }
            before = tags[end - 1]
            place = end
        }
        return found
    }

    private static func lenient(_ tags: [Tag], sentence: Int) -> [TaggedEntity] {
        var found: [TaggedEntity] = []
        var before = Tag.outside
        var start = 0
        for (place, tag) in (tags + [.outside]).enumerated() {
            if ends(before, tag) {
                found.append(TaggedEntity(type: before.type, sentence: sentence, tokens: start..<place))
            }
            if begins(before, tag) { start = place }
            before = tag
        }
        return found
    }

    private static func ends(_ before: Tag, _ tag: Tag) -> Bool {
        switch (before.prefix, tag.prefix) {
        case ("E", _), ("S", _), ("B", "B"), ("B", "S"), ("B", "O"), ("I", "B"), ("I", "S"), ("I", "O"): true
        default: before.prefix != "O" && before.prefix != "." && before.type != tag.type
        }
    }

    private static func begins(_ before: Tag, _ tag: Tag) -> Bool {
        switch (before.prefix, tag.prefix) {
        case (_, "B"), (_, "S"), ("E", "E"), ("E", "I"), ("S", "E"), ("S", "I"), ("O", "E"), ("O", "I"): true
        default: tag.prefix != "O" && tag.prefix != "." && before.type != tag.type
        }
    }
}
