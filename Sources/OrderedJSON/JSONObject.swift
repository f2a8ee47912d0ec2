/// Members in order of insertion; setting an existing key keeps its place. A key given twice keeps the last value, as
/// Python's `json.loads` does.
///
/// Keys are compared byte by byte: a vocabulary may hold both the composed and the decomposed form of one letter, which
/// Swift's `String` calls equal. Up to eight members are searched in order; an index is built beyond that.
public struct JSONObject: Sendable {
    /// The members in order.
    public private(set) var members: [(key: String, value: JSONValue)] = []
    private var index = KeyIndex()

    private static let longestUnindexed = 8

    public init() {}

    /// The value of `key`, or nil; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key, hash: index.isEmpty ? 0 : KeyIndex.hash(key)).map { members[$0].value } }
        set {
            if let newValue {
                set(key, newValue)
            } else if let position = position(of: key, hash: index.isEmpty ? 0 : KeyIndex.hash(key)) {
                members.remove(at: position)
                rebuildIndex()
            }
        }
    }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }
    /// How many members there are.
    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    /// Makes room for `count` members.
    public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Sets `key`, hashing it at most once.
    mutating func set(_ key: String, _ value: JSONValue) {
        let hash = index.isEmpty ? 0 : KeyIndex.hash(key)
        if let position = position(of: key, hash: hash) {
            members[position].value = value
            return
        }
        members.append((key, value))
        if !index.isEmpty {
            index.append(hash: hash)
        } else if members.count > Self.longestUnindexed {
            rebuildIndex()
        }
    }

    /// `hash` counts only where there is an index.
    private func position(of key: String, hash: Int) -> Int? {
        let wanted = JSONKey(key)
        if index.isEmpty { return members.firstIndex { JSONKey($0.key) == wanted } }
        return index.position(hash: hash) { JSONKey(members[$0].key) == wanted }
    }

    private mutating func rebuildIndex() {
        index = KeyIndex()
        guard members.count > Self.longestUnindexed else { return }
        for member in members { index.append(hash: KeyIndex.hash(member.key)) }
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

    static func == (left: JSONKey, right: JSONKey) -> Bool {
        let (left, right) = (left.string.utf8, right.string.utf8)
        guard left.count == right.count else { return false }
        let equal = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in zip(left, right).allSatisfy { $0 == $1 } }
        }
        return equal.flatMap { $0 } ?? left.elementsEqual(right)
    }

    func hash(into hasher: inout Hasher) {
        let combined: Void? = string.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: .init($0)) }
        if combined == nil { for byte in string.utf8 { hasher.combine(byte) } }
    }
}
