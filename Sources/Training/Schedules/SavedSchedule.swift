import Torch

/// The fields of a `scheduler.pt`, read as what they must be.
struct SavedSchedule {
    private let state: PickleValue
    private let kind: String

    init(_ state: PickleValue, kind: String) {
        self.state = state
        self.kind = kind
    }

    func has(_ name: String) -> Bool { state[name].map { !$0.isNone } ?? false }

    func number(_ name: String) throws -> Double { try found(state[name]?.doubleValue, name) }
    func integer(_ name: String) throws -> Int { try found(state[name]?.intValue, name) }
    func flag(_ name: String) throws -> Bool { try found(state[name]?.boolValue, name) }

    func choice<Choice: RawRepresentable>(_ name: String) throws -> Choice where Choice.RawValue == String {
        try found(state[name]?.stringValue.flatMap(Choice.init(rawValue:)), name)
    }

    /// One number for each parameter group.
    func numbers(_ name: String, count: Int) throws -> [Double] {
        let numbers = try numbers(name)
        guard numbers.count == count else {
            throw TrainingError.checkpoint(
                "\(name) of scheduler.pt has \(numbers.count) numbers, but the optimizer has \(count) parameter groups")
        }
        return numbers
    }

    func numbers(_ name: String) throws -> [Double] {
        let elements = try found(state[name]?.elements, name)
        return try elements.map { try found($0.doubleValue, name) }
    }

    /// A dictionary within.
    func part(_ name: String) throws -> SavedSchedule { SavedSchedule(try found(state[name], name), kind: kind) }

    private func found<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else {
            throw TrainingError.checkpoint(
                "scheduler.pt is not that of a \(kind) schedule: \(name) is missing or malformed")
        }
        return value
    }
}

extension PickleValue {
    /// A dictionary with string keys.
    static func named(_ entries: [(String, PickleValue)]) -> PickleValue {
        .dict(PickleDictionary(entries.map { .init(key: .string($0.0), value: $0.1) }))
    }

    /// Python's defaults of 0 are integers.
    static func pythonNumber(_ value: Double) -> PickleValue { value == 0 ? .int(0) : .float(value) }
}
