/// A process's variables, read as launchers write them.
struct LaunchVariables {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// The variable's text; nil where it is not set or empty.
    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// The first of the names that is set.
    func first(of names: String...) -> String? { names.first { self[$0] != nil } }

    /// A whole number of at least `minimum`; nil where the variable is not set.
    func number(_ name: String, atLeast minimum: Int = 0) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text) else {
            throw LaunchError.invalidVariable(name: name, value: text, reason: "it must be a whole number")
        }
        guard number >= minimum else {
            throw LaunchError.invalidVariable(name: name, value: text, reason: "it must be at least \(minimum)")
        }
        return number
    }

    func required(_ name: String, atLeast minimum: Int = 0, remedy: String) throws -> Int {
        guard let number = try number(name, atLeast: minimum) else {
            throw LaunchError.missingVariable(name: name, remedy: remedy)
        }
        return number
    }

    /// A TCP port.
    func port(_ name: String) throws -> Int? {
        guard let port = try number(name, atLeast: 1) else { return nil }
        guard port <= 65_535 else {
            throw LaunchError.invalidVariable(name: name, value: "\(port)", reason: "ports end at 65535")
        }
        return port
    }

    /// A rank below its size; both are named in the error.
    func rank(_ name: String, below size: Int, _ sizeName: String, remedy: String) throws -> Int {
        let rank = try required(name, remedy: remedy)
        guard rank < size else {
            throw LaunchError.invalidVariable(
                name: name, value: "\(rank)", reason: "it must be below \(sizeName)=\(size)")
        }
        return rank
    }
}
