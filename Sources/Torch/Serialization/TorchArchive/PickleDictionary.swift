/// A Python `dict` or `OrderedDict`: entries in order, no key twice.
public struct PickleDictionary: Sendable, Equatable {
    /// A key with its value.
    public struct Entry: Sendable, Equatable {
        public var key: PickleValue
        public var value: PickleValue

        public init(key: PickleValue, value: PickleValue) {
            self.key = key
            self.value = value
        }
    }

    public var entries: [Entry]
    /// Whether Python sees an `OrderedDict`.
    public var isOrderedDict: Bool

    /// - Parameters:
    ///   - entries: No key twice.
    ///   - isOrderedDict: Whether Python sees an `OrderedDict`.
    public init(_ entries: [Entry] = [], isOrderedDict: Bool = false) {
        self.entries = entries
        self.isOrderedDict = isOrderedDict
    }

    /// The value of a string key; setting appends a new key and replaces or removes a known one.
    public subscript(key: String) -> PickleValue? {
        get { self[.string(key)] }
        set { self[.string(key)] = newValue }
    }

    /// The value of an integer key.
    public subscript(key: Int) -> PickleValue? {
        get { self[.int(key)] }
        set { self[.int(key)] = newValue }
    }

    private subscript(key: PickleValue) -> PickleValue? {
        get { entries.first { $0.key == key }?.value }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}
