internal import OrderedJSON

extension TrainingArguments {
    /// What came of reading a command line.
    public struct CommandLineResult: Sendable, Hashable {
        /// Notes to pass on to the person.
        public var notes: [String] = []
        /// The words that are no training arguments, in order.
        public var remaining: [String] = []

        public init() {}
    }

    /// Sets the arguments whose flags stand in `words`: `--num-train-epochs 3`, `--num_train_epochs=3`.
    ///
    /// Booleans stand bare or take true or false, and what is on by default is switched off by `--no-…` too; lists take
    /// all words up to the next flag; of a repeated flag the last value counts. After an error nothing has changed.
    /// - Parameters:
    ///   - words: the command line after the command's name.
    ///   - otherFlags: the caller's own flags, without hyphens in front; they and the words behind them are left over,
    ///     as are words that no flag takes, short flags, and everything after `--`.
    /// - Throws: `TrainingArgumentsError` for the first flag that cannot be used.
    public mutating func apply(
        commandLine words: [String], otherFlags: Set<String> = []
    ) throws(TrainingArgumentsError) -> CommandLineResult {
        let others = Set(otherFlags.map { $0.replacing("-", with: "_") })
        var copy = self
        var result = CommandLineResult()
        var reader = FlagReader(words: words)
        while let word = reader.next() {
            if word == "--" {
                result.remaining += [word] + reader.rest()
                break
            }
            guard let flag = Flag(word), !others.contains(flag.name) else {
                result.remaining.append(word)
                continue
            }
            let (name, value) = try Self.value(of: flag, from: &reader)
            let note = try copy.set(name, to: value, spelling: .flag, otherNames: others.sorted())
            if let note, !result.notes.contains(note) { result.notes.append(note) }
        }
        self = copy
        return result
    }

    /// The argument's name and the value that stands in the flag or behind it.
    private static func value(
        of flag: Flag, from reader: inout FlagReader
    ) throws(TrainingArgumentsError) -> (name: String, value: JSONValue) {
        if !isKnown(flag.name), flag.name.hasPrefix("no_"), flag.value == nil,
            let argument = current(String(flag.name.dropFirst(3))), argument.hasNegation
        {
            return (argument.name, false)
        }
        let argument = current(flag.name)
        if let value = flag.value {
            return (flag.name, argument?.takesSeveralWords == true ? .array([.string(value)]) : .string(value))
        }
        guard let argument else {
            // Of an argument to come the value decides whether it may stand; an unknown one is refused anyway.
            return (flag.name, reader.nextIfNoFlag().map { .string($0) } ?? true)
        }
        // The former name of a list, and of nothing else here, was a truth value.
        if argument.takesSeveralWords, argument.name == flag.name {
            let words = reader.allUpToFlag()
            if words.isEmpty { throw missing(flag, argument) }
            return (flag.name, .array(words.map { .string($0) }))
        }
        if let bare = argument.takesSeveralWords ? true : argument.bareValue {
            let isBoolean = argument.placeholder != ResumeFromCheckpoint.placeholder
            let value = reader.nextIfNoFlag { !isBoolean || Bool?(argument: .string($0)) != nil }
            return (flag.name, value.map { .string($0) } ?? bare)
        }
        guard let value = reader.nextIfNoFlag() else { throw missing(flag, argument) }
        return (flag.name, .string(value))
    }

    private static func missing(_ flag: Flag, _ argument: TrainingArgument) -> TrainingArgumentsError {
        .missingValue(name: ArgumentSpelling.flag(flag.name), expected: expectation(argument.placeholder))
    }
}

/// `--name` or `--name=value`.
private struct Flag {
    /// With underscores.
    var name: String
    var value: String?

    init?(_ word: String) {
        guard word.hasPrefix("--"), word.count > 2 else { return nil }
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0]).replacing("-", with: "_")
        value = parts.count > 1 ? String(parts[1]) : nil
    }
}

private struct FlagReader {
    private var words: ArraySlice<String>

    init(words: [String]) { self.words = words[...] }

    mutating func next() -> String? { words.popFirst() }

    mutating func rest() -> [String] {
        defer { words = [] }
        return Array(words)
    }

    mutating func nextIfNoFlag(_ fits: (String) -> Bool = { _ in true }) -> String? {
        guard let word = words.first, !word.hasPrefix("--"), fits(word) else { return nil }
        return words.popFirst()
    }

    mutating func allUpToFlag() -> [String] {
        let taken = words.prefix { !$0.hasPrefix("--") }
        words = words.dropFirst(taken.count)
        return Array(taken)
    }
}
