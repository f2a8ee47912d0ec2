/// The names of a data set's classes; a class's number is its place among them, as in Python's `ClassLabel`.
public struct ClassLabel: Sendable, Hashable, CustomStringConvertible {
    /// The names in the order of their numbers.
    public let names: [String]
    private let numbers: [String: Int]

    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where there are no names, or one comes twice.
    public init(names: [String]) throws {
        guard !names.isEmpty else {
            throw DatasetError.invalidArgument(name: "names", problem: "a class label needs at least one name")
        }
        var numbers: [String: Int] = [:]
        for (number, name) in names.enumerated() where numbers.updateValue(number, forKey: name) != nil {
            throw DatasetError.invalidArgument(name: "names", problem: "the class '\(name)' is named twice")
        }
        self.names = names
        self.numbers = numbers
    }

    /// The number of classes.
    public var numClasses: Int { names.count }

    /// The number of the class `name`.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where there is no such class.
    public func str2int(_ name: String) throws -> Int {
        guard let number = numbers[name] else {
            throw DatasetError.invalidArgument(
                name: "class", problem: "'\(Excerpt.of(name))' is none of the \(names.count) classes \(shortList)")
        }
        return number
    }

    /// The name of the class `number`.
    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where there is no such class.
    public func int2str(_ number: Int) throws -> String {
        guard names.indices.contains(number) else {
            throw DatasetError.invalidArgument(
                name: "class",
                problem: "\(number) is outside 0..<\(names.count), the numbers of the classes \(shortList)")
        }
        return names[number]
    }

    private var shortList: String {
        names.prefix(10).map { "'\(Excerpt.of($0))'" }.joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    }

    public var description: String { "ClassLabel(names: \(names))" }

    public static func == (left: Self, right: Self) -> Bool { left.names == right.names }
    public func hash(into hasher: inout Hasher) { hasher.combine(names) }
}
