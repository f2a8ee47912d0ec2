public import OrderedJSON

/// How names are written in notes and errors.
enum ArgumentSpelling {
    /// Python's names, as in a file.
    case configuration
    /// As flags with hyphens.
    case flag

    func callAsFunction(_ name: String) -> String {
        self == .flag ? "--" + name.replacing("_", with: "-") : name
    }
}

extension TrainingArguments {
    /// The argument of this name of Python's, or nil.
    public static func argument(named name: String) -> TrainingArgument? { arguments[name] }

    private static let arguments = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0) })
    private static let formerNames = Dictionary(
        uniqueKeysWithValues: table.flatMap { argument in argument.formerNames.map { ($0.name, (argument, $0)) } })

    /// Whether the name is one of Python's, of any release, or ours: supported or not.
    static func isKnown(_ name: String) -> Bool {
        arguments[name] != nil || formerNames[name] != nil || AbsentArguments.toCome[name] != nil
            || AbsentArguments.removed[name] != nil
    }

    /// The supported argument that `name` means now, a former name's too.
    static func current(_ name: String) -> TrainingArgument? { arguments[name] ?? formerNames[name]?.0 }

    /// Sets the argument of this name of Python's; a former name is understood where its meaning is clear.
    /// - Returns: a note to pass on to the person, or nil.
    /// - Throws: `TrainingArgumentsError` if the name is unknown or not supported, or the value is of the wrong type.
    @discardableResult
    public mutating func set(_ name: String, to value: JSONValue) throws(TrainingArgumentsError) -> String? {
        try set(name, to: value, spelling: .configuration, otherNames: [])
    }

    mutating func set(
        _ name: String, to value: JSONValue, spelling: ArgumentSpelling, otherNames: [String]
    ) throws(TrainingArgumentsError) -> String? {
        if let argument = Self.arguments[name] {
            try set(argument, as: name, to: value, read: value, spelling: spelling)
            return nil
        }
        if let (argument, former) = Self.formerNames[name] {
            try set(argument, as: name, to: former.convert(value), read: value, spelling: spelling)
            return "\(spelling(name)) is now called \(spelling(argument.name))"
        }
        if let standard = AbsentArguments.toCome[name] {
            let isStandard = Self.asks(value, for: standard) || AbsentArguments.asWritten[name]?.contains(value) == true
            if !isStandard { throw .notSupported(name: spelling(name), reason: AbsentArguments.reasons[name]) }
            return nil
        }
        if AbsentArguments.harmless[name]?.contains(where: { Self.asks(value, for: $0) }) == true { return nil }
        if let advice = AbsentArguments.removed[name] { throw .removed(name: spelling(name), advice: advice) }
        let nearest = NearestNames.of(name, among: Self.table.map(\.name) + otherNames)
        throw .unknown(name: spelling(name), suggestions: nearest.map { spelling($0) })
    }

    private mutating func set(
        _ argument: TrainingArgument, as name: String, to value: JSONValue?, read: JSONValue,
        spelling: ArgumentSpelling
    ) throws(TrainingArgumentsError) {
        if let value, argument.write(&self, value) { return }
        let text = Self.text(of: read)
        let expected = Self.expectation(argument.placeholder)
        for word in read.arrayValue ?? [read] where argument.valuesToCome.contains(word.stringValue ?? "") {
            if let reason = argument.reasonAgainst(word.stringValue ?? "") {
                throw .choiceRefused(name: spelling(name), value: Self.text(of: word), reason: reason)
            }
            throw .choiceNotSupported(name: spelling(name), value: Self.text(of: word), expected: expected)
        }
        throw .wrongValue(name: spelling(name), value: text, expected: expected)
    }

    /// Whether `value`, perhaps a word of a command line, is Python's default `standard`.
    private static func asks(_ value: JSONValue, for standard: JSONValue) -> Bool {
        switch standard {
        case .null: value == false || String?(argument: value) == .some(nil)
        case .bool(let standard): Bool(argument: value) == standard
        case .int(let standard): Int(argument: value) == standard
        default: value == standard || value == .array([standard])
        }
    }

    static func expectation(_ placeholder: String) -> String {
        switch placeholder {
        case "INT": "a whole number"
        case "FLOAT": "a number"
        case "BOOL": "true or false"
        case "TEXT": "a text"
        case "TEXT ...": "one or more texts"
        case "FOLDER": "true or a folder"
        case "JSON": "a JSON object, or key=value,key=value, or a JSON file"
        default: choices(placeholder)
        }
    }

    private static func choices(_ placeholder: String) -> String {
        let words = placeholder.drop { $0 == "{" }.prefix { $0 != "}" }.split(separator: ",")
        return words.count < 2
            ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }

    private static func text(of value: JSONValue) -> String {
        switch value {
        case .string(let word): word.isEmpty ? "an empty text" : word
        case .array(let words): words.map(text(of:)).joined(separator: " ")
        default: value.serialized()
        }
    }
}
