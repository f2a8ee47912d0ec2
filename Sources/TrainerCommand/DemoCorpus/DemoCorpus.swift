/// The demo's data set: messages to an imaginary shop, labelled with what they are about, made by a grammar of our own.
///
/// A message states one concern and often mentions another topic that is *not* its concern ("the parcel came on time,
/// but …", "this is not about the invoice: …"), and the topics share many words ("charge", "card", "address",
/// "return"), so that single words are not enough. Held-out messages use sentences, things and places that no training
/// message has, beside those that are known.
struct DemoCorpus: Sendable {
    struct Example: Hashable, Sendable {
        let text: String
        let label: String
    }

    /// The label names, sorted, which is how `trainer train` numbers them.
    static let labels = DemoTopic.all.map(\.label).sorted()

    let train: [Example]
    let test: [Example]

    /// Generates the data set; the same arguments always give the same sentences.
    ///
    /// - Parameters:
    ///   - rows: training rows; a quarter as many more are held out. The labels take turns, so each has its share. At
    ///     most 40,000: the grammar's sentences are many, but a demo's corpus without duplicates must end.
    ///   - seed: seeds the generator.
    static func make(rows: Int = 2_400, seed: UInt64 = 42) -> DemoCorpus {
        precondition((1...40_000).contains(rows), "DemoCorpus.make: rows must be between 1 and 40,000, not \(rows)")
        var random = SplitMix64(seed: seed)
        var seen: Set<String> = []
        let train = examples(rows, grammar: DemoGrammar(part: .train), random: &random, seen: &seen)
        let test = examples(
            max(rows / 4, labels.count), grammar: DemoGrammar(part: .heldOut), random: &random, seen: &seen)
        return DemoCorpus(train: train, test: test)
    }

    private static func examples(
        _ count: Int, grammar: DemoGrammar, random: inout SplitMix64, seen: inout Set<String>
    ) -> [Example] {
        var result: [Example] = []
        result.reserveCapacity(count)
        while result.count < count {
            let topic = DemoTopic.all[result.count % DemoTopic.all.count]
            let text = grammar.message(about: topic, random: &random)
            if seen.insert(text).inserted {
                result.append(Example(text: text, label: topic.label))
            }
        }
        random.shuffle(&result)
        return result
    }
}
