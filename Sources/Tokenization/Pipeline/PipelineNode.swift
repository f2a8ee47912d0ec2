internal import OrderedJSON

/// A part of a tokenizer's JSON file, with its place for error messages.
struct PipelineNode {
    let value: JSONValue
    let file: String
    /// The keys that lead here, joined by dots; empty at the top.
    let place: String

    func error(_ reason: String) -> TokenizerError { .invalidFile(path: file, place: place, reason: reason) }

    /// The object here.
    func object() throws(TokenizerError) -> JSONObject {
        guard let object = value.objectValue else { throw error("expected an object") }
        return object
    }

    /// The member `key`; nil where it is missing or null.
    func member(_ key: String) throws(TokenizerError) -> PipelineNode? {
        guard let member = try object()[key], member != .null else { return nil }
        return PipelineNode(value: member, file: file, place: place.isEmpty ? key : "\(place).\(key)")
    }

    func required(_ key: String) throws(TokenizerError) -> PipelineNode {
        guard let member = try member(key) else { throw error("\(key) is missing") }
        return member
    }

    /// The elements of the array here.
    func elements() throws(TokenizerError) -> [PipelineNode] {
        guard let array = value.arrayValue else { throw error("expected an array") }
        return array.enumerated().map { PipelineNode(value: $1, file: file, place: "\(place)[\($0)]") }
    }

    func string() throws(TokenizerError) -> String {
        guard let string = value.stringValue else { throw error("expected a string") }
        return string
    }

    /// A token given as a string, or as an object with its `content`.
    func tokenContent() throws(TokenizerError) -> String {
        if let content = value.stringValue { return content }
        return try string("content")
    }

    func bool() throws(TokenizerError) -> Bool {
        guard let bool = value.boolValue else { throw error("expected true or false") }
        return bool
    }

    /// A whole number within `range`.
    func integer(in range: ClosedRange<Int>) throws(TokenizerError) -> Int {
        guard let integer = value.intValue else { throw error("expected a whole number") }
        guard range.contains(integer) else {
            throw error("\(integer) is out of range (\(range.lowerBound) to \(range.upperBound))")
        }
        return integer
    }

    func string(_ key: String) throws(TokenizerError) -> String { try required(key).string() }
    func bool(_ key: String, default value: Bool) throws(TokenizerError) -> Bool {
        try member(key)?.bool() ?? value
    }

    /// The `type` here, and the error for one that is not supported.
    func type() throws(TokenizerError) -> String { try string("type") }
    func unsupported(_ component: String, _ type: String, _ supported: [String]) -> TokenizerError {
        .unsupportedType(component: "tokenizer.json: \(component)", type: type, supported: supported)
    }
}
