import Testing
import Training

/// Tags of one scheme in another.
@Suite struct TagConversionTests {
    /// Random entities, some of which touch.
    private func sentences(_ count: Int) -> [(entities: [TaggedEntity], words: Int)] {
        var state: UInt64 = 9
        func draw(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        return (0..<count).map { _ in
            var entities: [TaggedEntity] = []
            var place = draw(3)
            while entities.count < 6 {
                let end = place + 1 + draw(3)
                entities.append(TaggedEntity(type: ["PER", "LOC", "A-B"][draw(3)], sentence: 0, tokens: place..<end))
                place = end + draw(3)
            }
            return (entities, place + 1)
        }
    }

    @Test(arguments: TaggingScheme.allCases) func everySchemeHoldsTheSameEntities(_ scheme: TaggingScheme) throws {
        for (entities, words) in sentences(200) {
            let tags = scheme.tags(of: entities, count: words)
            try scheme.validate([tags])
            // seqeval does not find an entity of one word in IOE1 where another follows.
            if scheme != .ioe1 { #expect(try TaggedEntity.find(in: [tags], scheme: scheme) == entities) }
            #expect(try TaggedEntity.find(in: [tags]) == entities || scheme == .bmes || scheme == .bilou)
            for other in TaggingScheme.allCases {
                let converted = try scheme.convert([tags], to: other)
                #expect(converted == [other.tags(of: entities, count: words)])
                #expect(try other.convert(converted, to: scheme) == [tags])
            }
        }
    }

    @Test func detectsBMES() throws {
        #expect(try TaggingScheme.detect(in: [["B-A", "M-A", "E-A", "S-B", "O"]]) == .bmes)
        #expect(TaggingScheme.iob1.tags(of: [], count: 2) == ["O", "O"])
    }

    @Test(arguments: [
        (
            TaggingScheme.iob2, ["O", "I-A"],
            "word 1: IOB2 does not allow I-A behind O and at the end; B-A would be right"
        ),
        (.iob2, ["B-A", "I-B"], "word 1: IOB2 does not allow I-B"), (.iob1, ["B-A"], "word 0: IOB1 does not allow B-A"),
        (.iobes, ["B-A", "O"], "word 0: IOBES does not allow B-A at the beginning and before O"),
        (.iobes, ["B-A", "I-A", "B-A", "E-A"], "word 1: IOBES does not allow I-A"),
        (.bmes, ["E-A"], "word 0: BMES does not allow E-A"), (.bmes, ["I-A"], "word 0: 'I-A' is no tag of BMES"),
        (.iob2, ["", "O"], "word 0: '' is no tag of IOB2"), (.iob2, ["B"], "word 0: 'B' is no tag"),
        (.iob2, ["PER"], "'PER' is no tag"), (.iob2, ["O-X"], "'O-X' is no tag"),
    ])
    func impossibleSequences(_ scheme: TaggingScheme, _ tags: [String], _ expected: String) throws {
        do {
            try scheme.validate([["O"], tags])
            Issue.record("\(tags) passed")
        } catch {
            #expect("\(error)".contains("sentence 1, " + expected) || "\(error)".contains(expected), "\(error)")
        }
    }

    @Test func repairs() throws {
        let tags = [["I-A", "I-A", "I-B", "O", "I-B"]]
        #expect(
            try TaggingScheme.iob2.convert(tags, to: .iob2, repair: true) == [["B-A", "I-A", "B-B", "O", "B-B"]])
    }

    /// Pieces of words do not count.
    @Test func scoresOfWords() throws {
        let labels = ["O", "B-A", "I-A"]
        let references = Tensor([[-100, 1, 2, 2, 0, -100]])
        let predictions = Tensor([[0, 1, 0, 2, 0, 0]])
        let prediction = EvalPrediction(predictions: predictions, labelIds: references)
        #expect(try TokenClassificationMetrics(labels: labels).compute(prediction)["f1"] == 0)
        let words = TokenClassificationMetrics(labels: labels, wordStarts: [[true, false, true, true]])
        #expect(try words.compute(prediction)["f1"] == 1)
        let other = TokenClassificationMetrics(labels: labels, wordStarts: [[true]])
        #expect(throws: MetricError.self) { try other.compute(prediction) }
    }
}
