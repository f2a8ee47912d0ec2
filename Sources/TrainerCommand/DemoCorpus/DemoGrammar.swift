/// Puts messages together: a topic's statement in one of several frames, with slots filled from ``DemoVocabulary``.
struct DemoGrammar {
    /// Held-out messages may use everything; training messages leave out each list's last entries.
    enum Part {
        case train
        case heldOut
    }

    let part: Part

    func message(about topic: DemoTopic, random: inout SplitMix64) -> String {
        let statement = expand(random.pick(known(topic.statements, heldOut: 2)), random: &random)
        // Two in five messages are plain; the others mention a topic that they are not about.
        switch random.below(5) {
        case 0, 1: return plain(statement, random: &random)
        case 2, 3: return contrast(statement, other: other(than: topic, random: &random), random: &random)
        default: return settled(statement, other: other(than: topic, random: &random), random: &random)
        }
    }

    private func plain(_ statement: String, random: inout SplitMix64) -> String {
        let sentence = capitalized(statement) + "."
        switch random.below(4) {
        case 0: return sentence
        case 1: return expand(random.pick(DemoVocabulary.openers), random: &random) + " " + statement + "."
        case 2: return sentence + " " + expand(random.pick(DemoVocabulary.closers), random: &random)
        default:
            let opener = expand(random.pick(DemoVocabulary.openers), random: &random)
            return opener + " " + statement + ". " + expand(random.pick(DemoVocabulary.closers), random: &random)
        }
    }

    private func contrast(_ statement: String, other: DemoTopic, random: inout SplitMix64) -> String {
        let fine = expand(random.pick(other.allIsWell), random: &random)
        let matter = expand(random.pick(other.matters), random: &random)
        switch random.below(8) {
        case 0: return capitalized(fine) + ", but " + statement + "."
        case 1: return capitalized(statement) + ", even though " + fine + "."
        case 2: return capitalized(fine) + ". Now for the trouble: " + statement + "."
        case 3: return "This is not about " + matter + ": " + statement + "."
        case 4: return capitalized(statement) + ". It has nothing to do with " + matter + "."
        case 5:
            let month = expand("{month}", random: &random)
            return "In " + month + " I wrote to you about " + matter + ", which was settled; this time " + statement
                + "."
        case 6: return "Your colleague thought that I meant " + matter + ", when in fact " + statement + "."
        default: return capitalized(statement) + ". Please do not send me the standard answer about " + matter + "."
        }
    }

    /// Two whole statements, of which one is history: what was said and in which order decides, not the words.
    private func settled(_ statement: String, other: DemoTopic, random: inout SplitMix64) -> String {
        let past = expand(random.pick(known(other.statements, heldOut: 2)), random: &random)
        switch random.below(6) {
        case 0: return "Last time I wrote that " + past + ", and you solved it. Today " + statement + "."
        case 1: return capitalized(statement) + ". My earlier complaint, that " + past + ", is settled."
        case 2: return "It is no longer the case that " + past + ", thank you; however " + statement + "."
        case 3: return capitalized(statement) + ". You may close the older ticket, which said that " + past + "."
        case 4: return "Forget that " + past + ", that was a mistake of mine: " + statement + "."
        default: return capitalized(statement) + ". Do not mix this up with the message in which " + past + "."
        }
    }

    private func other(than topic: DemoTopic, random: inout SplitMix64) -> DemoTopic {
        let others = DemoTopic.all.filter { $0.label != topic.label }
        return random.pick(others)
    }

    /// The entries that this part may use: in training all but the last few.
    private func known<Element>(_ entries: [Element], heldOut: Int) -> [Element] {
        part == .train ? Array(entries.dropLast(heldOut)) : entries
    }

    /// Replaces each `{slot}` by a word of its list.
    private func expand(_ template: String, random: inout SplitMix64) -> String {
        var result = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            result += word(for: String(rest[rest.index(after: open)..<close]), random: &random)
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private func word(for slot: String, random: inout SplitMix64) -> String {
        switch slot {
        case "amount": return "\(random.below(180) + 5).\(random.below(10))\(random.below(10)) euros"
        case "days": return "\(random.below(24) + 3) days"
        case "order": return "\(random.below(90_000) + 10_000)"
        default:
            guard let words = DemoVocabulary.words[slot] else {
                preconditionFailure("DemoGrammar: no list for the slot {\(slot)}")
            }
            return random.pick(known(words, heldOut: DemoVocabulary.heldOutWords))
        }
    }

    private func capitalized(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
