/// Members in order of insertion; setting an existing key keeps its place. A key given twice keeps the last value, as
/// Python's `json.loads` does.
///
/// Keys are compared byte by byte: a vocabulary may hold both the composed and the decomposed form of one letter, which
/// Swift's `String` calls equal. Up to eight members are searched in order; an index is built beyond that.
public struct JSONObject: Sendable {
    /// The members in order.
    public private(set) var members: [(key: String, value: JSONValue)] = []
    private var positions: [JSONKey: Int] = [:]

    private static let longestUnindexed = 8

    public init() {}

    /// The value of `key`, or nil; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { position(of: JSONKey(key)).map { members[$0].value } }
        set {
            switch (position(of: JSONKey(key)), newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?): append(key, value)
            case (let position?, nil):
                members.remove(at: position)
                rebuildIndex()
            case (nil, nil): break
            }
        }
    }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }
    /// How many members there are.
    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    /// Makes room for `count` members.
    public mutating func reserveCapacity(_ count: Int) {
        members.reserveCapacity(count)
        if count > Self.longestUnindexed { positions.reserveCapacity(count) }
    }

    private func position(of key: JSONKey) -> Int? {
        if positions.isEmpty { return members.firstIndex { JSONKey($0.key) == key } }
        return positions[key]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if !positions.isEmpty {
            positions[JSONKey(key)] = members.count - 1
        } else if members.count > Self.longestUnindexed {
            rebuildIndex()
        }
    }

    private mutating func rebuildIndex() {
        positions.removeAll(keepingCapacity: true)
        guard members.count > Self.longestUnindexed else { return }
        for (position, member) in members.enumerated() { positions[JSONKey(member.key)] = position }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}

extension JSONObject: Hashable {
    /// Equal members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count
            && zip(left.members, right.members).allSatisfy {
                JSONKey($0.key) == JSONKey($1.key) && $0.value == $1.value
            }
    }

    public func hash(into hasher: inout Hasher) {
        for member in members {
            hasher.combine(JSONKey(member.key))
            hasher.combine(member.value)
        }
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> { members.makeIterator() }
}

/// A string compared and hashed by its UTF-8 bytes.
struct JSONKey: Hashable {
    var string: String

    init(_ string: String) { self.string = string }

    static func == (left: JSONKey, right: JSONKey) -> Bool { left.string.utf8.elementsEqual(right.string.utf8) }

    func hash(into hasher: inout Hasher) {
        let combined: Void? = string.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: .init($0)) }
        if combined == nil { for byte in string.utf8 { hasher.combine(byte) } }
    }
}
