internal import OrderedJSON

/// One row of `TrainingArguments.table`: all that files, flags, help and documentation know about an argument.
public struct TrainingArgument: Sendable {
    /// The headings of the help text.
    public enum Group: String, Sendable, CaseIterable {
        case training = "Training"
        case optimizer = "Optimizer"
        case schedule = "Learning rate schedule"
        case data = "Data"
        case logging = "Logging"
        case evaluation = "Evaluation"
        case checkpoints = "Checkpoints"
        case hub = "Hub"
        case device = "Device and numerics"
        case ranks = "Several ranks"
    }

    /// A name of an earlier release of Python's library, and how its value is read.
    struct FormerName: Sendable {
        var name: String
        var convert: @Sendable (JSONValue) -> JSONValue? = { $0 }
    }

    /// Python's name: `num_train_epochs`.
    public let name: String
    public let group: Group
    /// One or two sentences.
    public let help: String
    /// `INT`, `{no,steps,epoch}`, …
    public let placeholder: String
    /// Values that Python knows and this release does not.
    public let valuesToCome: [String]
    /// What a bare flag means; nil if it needs a value.
    let bareValue: JSONValue?
    let takesSeveralWords: Bool
    let formerNames: [FormerName]
    /// Why there is not one of ``valuesToCome``.
    let reasonAgainst: @Sendable (String) -> String?
    /// The value in these arguments.
    let read: @Sendable (TrainingArguments) -> JSONValue
    /// Sets the value; false if it is of the wrong type.
    let write: @Sendable (inout TrainingArguments, JSONValue) -> Bool
    /// What is wrong with the value in these arguments, such as "must be at least 1".
    let problem: @Sendable (TrainingArguments) -> String?

    init<Value: ArgumentValue>(
        _ name: String, _ path: any WritableKeyPath<TrainingArguments, Value> & Sendable, _ group: Group,
        _ help: String, _ check: ArgumentCheck<Value>? = nil, former: [FormerName] = []
    ) {
        self.name = name
        self.group = group
        self.help = help
        placeholder = Value.placeholder
        valuesToCome = Value.valuesToCome
        bareValue = Value.bareValue
        takesSeveralWords = Value.takesSeveralWords
        formerNames = former
        reasonAgainst = { Value.reasonAgainst($0) }
        read = { $0[keyPath: path].argumentJSON }
        write = { arguments, json in
            guard let value = Value(argument: json) else { return false }
            arguments[keyPath: path] = value
            return true
        }
        problem = { arguments in
            guard let check else { return nil }
            return check.isMet(arguments[keyPath: path]) ? nil : check.requirement
        }
    }

    /// The Swift property: `numTrainEpochs`.
    public var property: String {
        let words = name.split(separator: "_")
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// The flag: `--num-train-epochs`.
    public var flag: String { "--" + name.replacing("_", with: "-") }

    /// Whether `--no-…` switches it off, as Python offers for what is on by default.
    var hasNegation: Bool { read(TrainingArguments()) == true }

    /// The default as help shows it; nil for none.
    public var defaultText: String? {
        switch read(TrainingArguments()) {
        case .null: nil
        case .bool(let value): value ? "true" : "false"
        case .string(let value): value
        case .double(let value): Int(exactly: value).map(String.init) ?? value.pythonDescription
        case .array(let elements) where elements.isEmpty: nil
        case let value: value.serialized()
        }
    }
}

/// What a value must fulfil by itself; what values must fulfil together is in `TrainingArguments.validate()`.
struct ArgumentCheck<Value: Sendable>: Sendable {
    let requirement: String
    let isMet: @Sendable (Value) -> Bool
}

extension ArgumentCheck where Value == Int {
    static func atLeast(_ least: Int) -> Self { Self(requirement: "must be at least \(least)") { $0 >= least } }
    /// A number of steps or evaluations; sums of them must fit an integer.
    static var count: Self { Self(requirement: "must be from 0 to 1000000000") { 0...1_000_000_000 ~= $0 } }
    /// numpy's range, which Python's `set_seed` needs.
    static var seed: Self { Self(requirement: "must be from 0 to 4294967295") { 0...4_294_967_295 ~= $0 } }
}

extension ArgumentCheck where Value == Int? {
    static func atLeast(_ least: Int) -> Self {
        Self(requirement: "must be at least \(least)") { $0.map { $0 >= least } ?? true }
    }
    static var seed: Self {
        Self(requirement: ArgumentCheck<Int>.seed.requirement) { $0.map { 0...4_294_967_295 ~= $0 } ?? true }
    }
}

extension ArgumentCheck where Value == Double {
    static var finite: Self { Self(requirement: "must be a finite number") { $0.isFinite } }
    static var notNegative: Self { Self(requirement: "must be 0 or more") { $0 >= 0 && $0.isFinite } }
    static var positive: Self { Self(requirement: "must be above 0") { $0 > 0 && $0.isFinite } }
    static var betweenZeroAndOne: Self { Self(requirement: "must be above 0 and below 1") { $0 > 0 && $0 < 1 } }
    static var share: Self { Self(requirement: "must be from 0 to 1") { 0...1 ~= $0 } }
    static var belowOne: Self { Self(requirement: "must be at least 0 and below 1") { 0..<1 ~= $0 } }
}

extension ArgumentCheck where Value == Double? {
    static var notNegative: Self {
        Self(requirement: "must be 0 or more") { $0.map { $0 >= 0 && $0.isFinite } ?? true }
    }
}

extension ArgumentCheck where Value == String {
    static var notEmpty: Self { Self(requirement: "must not be empty") { !$0.isEmpty } }
}
