extension TaggingScheme {
    /// The tags of another scheme for the same entities: `B-PER I-PER` in IOB2 is `B-PER E-PER` in IOBES.
    ///
    /// - Parameters:
    ///   - sentences: A tag for each word of each sentence, `O` or a prefix, `-` and a type.
    ///   - other: The scheme to write.
    ///   - repair: What is done with sequences that this scheme does not allow, such as `O I-PER` in IOB2. False: they are
    ///     an error. True: entities are taken as conlleval takes them: any change of type, and any tag behind `O`, begins
    ///     one.
    /// - Throws: ``MetricError`` naming sentence and word (from 0) of the first tag that is none of the scheme, or that its
    ///   neighbours do not allow.
    public func convert(_ sentences: [[String]], to other: TaggingScheme, repair: Bool = false) throws -> [[String]] {
        try sentences.enumerated().map { number, tags in
            let plain = try tags.enumerated().map { try plainTag($1, sentence: number, word: $0) }
            let entities = try TaggedEntity.find(in: [plain])
            if !repair { try check(tags, entities, sentence: number) }
            return other.tags(of: entities, count: tags.count)
        }
    }

    /// Checks that sequences are what the scheme allows.
    ///
    /// - Throws: ``MetricError`` naming sentence and word (from 0) of the first tag that is none of the scheme, or that its
    ///   neighbours do not allow.
    public func validate(_ sentences: [[String]]) throws { _ = try convert(sentences, to: self) }

    /// The tags that mark the entities of one sentence.
    ///
    /// - Parameters:
    ///   - entities: They do not overlap; in order.
    ///   - count: The words of the sentence.
    public func tags(of entities: [TaggedEntity], count: Int) -> [String] {
        var tags = [String](repeating: "O", count: count)
        for (place, entity) in entities.enumerated() {
            let words = entity.tokens.clamped(to: 0..<count)
            func touches(_ other: TaggedEntity, _ end: Int, _ start: Int) -> Bool {
                end == start && other.type == entity.type
            }
            let before = place > 0 ? entities[place - 1] : nil
            let after = place + 1 < entities.count ? entities[place + 1] : nil
            let followsOwn = before.map { touches($0, $0.tokens.upperBound, entity.tokens.lowerBound) } ?? false
            let leadsToOwn = after.map { touches($0, entity.tokens.upperBound, $0.tokens.lowerBound) } ?? false
            for word in words {
                let prefix = prefix(
                    isFirst: word == words.first, isLast: word == words.last, followsOwn: followsOwn,
                    leadsToOwn: leadsToOwn)
                tags[word] = "\(prefix)-\(entity.type)"
            }
        }
        return tags
    }

    /// - Parameters:
    ///   - followsOwn: Whether an entity of the same type ends right before this one.
    ///   - leadsToOwn: Whether one begins right behind it.
    private func prefix(isFirst: Bool, isLast: Bool, followsOwn: Bool, leadsToOwn: Bool) -> Character {
        switch self {
        case .iob1: isFirst && followsOwn ? "B" : "I"
        case .iob2: isFirst ? "B" : "I"
        case .ioe1: isLast && leadsToOwn ? "E" : "I"
        case .ioe2: isLast ? "E" : "I"
        case .iobes: isFirst ? (isLast ? "S" : "B") : isLast ? "E" : "I"
        case .bilou: isFirst ? (isLast ? "U" : "B") : isLast ? "L" : "I"
        case .bmes: isFirst ? (isLast ? "S" : "B") : isLast ? "E" : "M"
        }
    }

    /// The tag with the prefixes that conlleval knows.
    private func plainTag(_ tag: String, sentence: Int, word: Int) throws -> String {
        if tag == "O" { return tag }
        let parts = tag.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = parts[0].first, parts[0].count == 1, !parts[1].isEmpty,
            prefixes.contains(prefix), prefix != "O"
        else {
            throw MetricError.invalid(
                metric: "tags", reason: "sentence \(sentence), word \(word): '\(tag)' is no tag of \(rawValue)")
        }
        let plain: [Character: Character] = ["L": "E", "U": "S", "M": "I"]
        return "\(plain[prefix] ?? prefix)-\(parts[1])"
    }

    private func check(_ tags: [String], _ entities: [TaggedEntity], sentence: Int) throws {
        let allowed = self.tags(of: entities, count: tags.count)
        guard let wrong = tags.indices.first(where: { tags[$0] != allowed[$0] }) else { return }
        let before = wrong > 0 ? "behind \(tags[wrong - 1])" : "at the beginning"
        let after = wrong + 1 < tags.count ? "before \(tags[wrong + 1])" : "at the end"
        throw MetricError.invalid(
            metric: "tags",
            reason:
                "sentence \(sentence), word \(wrong): \(rawValue) does not allow \(tags[wrong]) \(before) and \(after); "
                + "\(allowed[wrong]) would be right")
    }
}
