public import OrderedJSON

extension TrainingArguments {
    /// Every argument under Python's name, in the table's order.
    public var configuration: JSONObject {
        var object = JSONObject()
        for argument in Self.table { object[argument.name] = argument.read(self) }
        return object
    }

    /// Sets the arguments of a configuration file, which has Python's names. The rest stay as they are; after an error
    /// all do.
    /// - Returns: notes to pass on to the person, such as that a name has changed.
    /// - Throws: `TrainingArgumentsError` for the first name or value that cannot be used.
    public mutating func apply(_ configuration: JSONObject) throws(TrainingArgumentsError) -> [String] {
        var copy = self
        var notes: [String] = []
        for (name, value) in configuration.members {
            if let note = try copy.set(name, to: value) { notes.append(note) }
        }
        self = copy
        return notes
    }
}

extension TrainingArguments: Codable {
    /// Reads Python's names; an unknown one is an error.
    public init(from decoder: any Decoder) throws {
        guard case .object(let object) = try JSONValue(from: decoder) else { throw TrainingArgumentsError.notAnObject }
        self.init()
        _ = try apply(object)
    }

    /// Writes Python's names.
    public func encode(to encoder: any Encoder) throws {
        try JSONValue.object(configuration).encode(to: encoder)
    }
}
