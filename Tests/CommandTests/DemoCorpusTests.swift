import Testing

@testable import TrainerCommand

@Suite("Demo corpus")
struct DemoCorpusTests {
    private let corpus = DemoCorpus.make(rows: 2_400, seed: 42)

    @Test("The same seed gives the same sentences, another seed gives others")
    func determinism() {
        let again = DemoCorpus.make(rows: 2_400, seed: 42)
        #expect(again.train == corpus.train)
        #expect(again.test == corpus.test)
        #expect(DemoCorpus.make(rows: 2_400, seed: 43).train != corpus.train)
        // Pinned, so that a figure in the documentation stays reproducible on every platform and tool chain.
        var random = SplitMix64(seed: 42)
        #expect(random.next() == 0xBDD7_3226_2FEB_6E95)
    }

    @Test("Training and held-out rows have the sizes asked for and every label equally often")
    func balance() {
        #expect(corpus.train.count == 2_400)
        #expect(corpus.test.count == 600)
        for label in DemoCorpus.labels {
            #expect(corpus.train.count { $0.label == label } == 400)
            #expect(corpus.test.count { $0.label == label } == 100)
        }
        #expect(DemoCorpus.labels == DemoCorpus.labels.sorted())
    }

    @Test("No sentence appears twice, in one split or in both")
    func noDuplicates() {
        let texts = Set((corpus.train + corpus.test).map(\.text))
        #expect(texts.count == corpus.train.count + corpus.test.count)
    }

    @Test("Held-out words and statements are in no training row, and are in some held-out rows")
    func heldOut() {
        for word in ["microscope", "projector", "Seville", "Utrecht"] {
            #expect(!corpus.train.contains { $0.text.contains(word) })
            #expect(corpus.test.contains { $0.text.contains(word) })
        }
        for topic in DemoTopic.all {
            for statement in topic.statements.suffix(2) {
                let words = longestFixedPart(of: statement)
                #expect(!corpus.train.contains { $0.text.contains(words) }, "\(words)")
            }
        }
        let novel = DemoTopic.all.flatMap { $0.statements.suffix(2) }.map(longestFixedPart)
        #expect(corpus.test.contains { row in novel.contains { row.text.contains($0) } })
    }

    @Test("Sentences are whole: no slot is left open, the first letter is large, the last sign ends a sentence")
    func wellFormed() {
        for row in corpus.train + corpus.test {
            #expect(!row.text.contains("{") && !row.text.contains("}"), "\(row.text)")
            #expect(row.text.first?.isUppercase == true, "\(row.text)")
            #expect(row.text.last == "." || row.text.last == "?", "\(row.text)")
        }
    }

    @Test("A few rows work too")
    func fewRows() {
        let small = DemoCorpus.make(rows: 1, seed: 7)
        #expect(small.train.count == 1)
        #expect(small.test.count == DemoCorpus.labels.count)
    }

    @Test("CSV quotes what needs quoting, and only that")
    func csv() {
        let rows = [
            DemoCorpus.Example(text: "Plain.", label: "fault"),
            DemoCorpus.Example(text: "Hello, \"you\"", label: "billing"),
            DemoCorpus.Example(text: "two\r\nlines", label: "returns"),
        ]
        #expect(
            DemoCorpus.csv(rows)
                == "text,label\nPlain.,fault\n\"Hello, \"\"you\"\"\",billing\n\"two\r\nlines\",returns\n")
    }

    /// The longest run of a template between its slots: enough to recognise it in a sentence.
    private func longestFixedPart(of template: String) -> String {
        var longest: Substring = ""
        for part in template.split(separator: "{") {
            let fixed = part.split(separator: "}").last ?? ""
            if fixed.count > longest.count { longest = fixed }
        }
        return String(longest)
    }
}
