internal import OrderedJSON

/// Reads the options of one choice, such as of a schedule, and collects what is wrong with them. What is asked for is
/// what there is: any other name is refused with a list of those.
struct OptionReader {
    /// The argument that holds the options: `lr_scheduler_kwargs`.
    let argument: String
    /// What they are options of: `polynomial`.
    let owner: String
    private let given: JSONObject
    private(set) var known: [String] = []
    private var found: [String] = []

    init(argument: String, owner: String, _ given: KeywordArguments?) {
        self.argument = argument
        self.owner = owner
        self.given = given?.members ?? JSONObject()
    }

    /// A number; the default where the option is not given.
    mutating func number(_ name: String, _ standard: Double, _ check: ArgumentCheck<Double> = .finite) -> Double {
        optionalNumber(name, check) ?? standard
    }

    mutating func optionalNumber(_ name: String, _ check: ArgumentCheck<Double> = .finite) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.doubleValue, check.isMet(number) else {
            refuse(name, value.doubleValue == nil ? "must be a number" : check.requirement, value)
            return nil
        }
        return number
    }

    mutating func integer(_ name: String, _ standard: Int, _ check: ArgumentCheck<Int> = .count) -> Int {
        optionalInteger(name, check) ?? standard
    }

    mutating func optionalInteger(_ name: String, _ check: ArgumentCheck<Int> = .count) -> Int? {
        guard let value = value(name) else { return nil }
        guard let whole = Int(argument: value), check.isMet(whole) else {
            refuse(name, Int(argument: value) == nil ? "must be a whole number" : check.requirement, value)
            return nil
        }
        return whole
    }

    mutating func flag(_ name: String, _ standard: Bool) -> Bool {
        guard let value = value(name) else { return standard }
        guard let flag = Bool(argument: value) else {
            refuse(name, "must be true or false", value)
            return standard
        }
        return flag
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ standard: Choice) -> Choice
    where Choice.RawValue == String {
        guard let value = value(name) else { return standard }
        guard let choice = value.stringValue.flatMap(Choice.init(rawValue:)) else {
            refuse(name, "must be \(Self.list(Choice.allCases.map { $0.rawValue }, "or"))", value)
            return standard
        }
        return choice
    }

    /// One number for all parameter groups, or one for each.
    mutating func numbers(_ name: String, _ standard: Double) -> PerGroup {
        guard let value = value(name) else { return .all(standard) }
        if let number = value.doubleValue { return .all(number) }
        let list = value.arrayValue ?? []
        let numbers = list.compactMap(\.doubleValue)
        guard !numbers.isEmpty, numbers.count == list.count else {
            refuse(name, "must be a number or a list of one for each parameter group", value)
            return .all(standard)
        }
        return .each(numbers)
    }

    /// Notes something wrong with the options together.
    mutating func refuse(_ problem: String) { found.append("\(argument): \(problem)") }

    /// An option that exists in Python but is set elsewhere here.
    mutating func decline(_ name: String, _ advice: String) {
        if given[name] != nil { refuse(advice) }
        declined.insert(name)
    }
    private var declined: Set<String> = []

    /// What is wrong, after all options were asked for.
    var problems: [String] {
        let unknown = given.keys.filter { !known.contains($0) && !declined.contains($0) }
        if known.isEmpty { return unknown.isEmpty ? found : ["\(argument): \(owner) takes no options"] }
        return found + unknown.map { "\(argument): \(owner) has no option \($0); it has \(Self.list(known, "and"))" }
    }

    /// - Throws: `TrainingArgumentsError.invalid` with ``problems``.
    func finish() throws(TrainingArgumentsError) {
        if !problems.isEmpty { throw .invalid(problems) }
    }

    /// Nil too where the option is given as null, Python's `None`.
    private mutating func value(_ name: String) -> JSONValue? {
        known.append(name)
        if case .null? = given[name] { return nil }
        return given[name]
    }

    private mutating func refuse(_ name: String, _ requirement: String, _ value: JSONValue) {
        refuse("\(name) \(requirement), not \(value.stringValue ?? value.serialized())")
    }

    private static func list(_ words: [String], _ joint: String) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " \(joint) " + (words.last ?? "")
    }
}
