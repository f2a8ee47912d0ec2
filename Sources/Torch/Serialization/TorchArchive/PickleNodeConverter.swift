/// Turns the finished table of nodes into values. Shared nodes become shared values, so that this takes time and memory
/// by the number of nodes; their number after sharing is undone is bounded too, for who walks through the values meets
/// each of them.
struct PickleNodeConverter {
    /// A value, how many values it holds (long texts count as several), and how deep they are nested.
    private typealias Result = (value: PickleValue, weight: Int, height: Int)

    private let nodes: [PickleNode]
    private let file: String
    private let limits: PickleLimits
    private var converted: [Result?]
    private var inProgress: [Bool]

    init(nodes: [PickleNode], file: String, limits: PickleLimits) {
        self.nodes = nodes
        self.file = file
        self.limits = limits
        converted = Array(repeating: nil, count: nodes.count)
        inProgress = Array(repeating: false, count: nodes.count)
    }

    /// - Throws: ``TorchArchiveError/invalidPickle(file:reason:)`` for objects inside themselves, too deep or too many.
    consuming func value(of node: Int) throws -> PickleValue { try convert(node, depth: 0).value }

    private func invalid(_ reason: String) -> TorchArchiveError { .invalidPickle(file: file, reason: reason) }

    private var tooDeep: TorchArchiveError { invalid("its objects are nested more than \(limits.depth) deep") }

    private mutating func convert(_ node: Int, depth: Int) throws -> Result {
        if let known = converted[node] { return known }
        guard !inProgress[node] else { throw invalid("an object lies inside itself") }
        guard depth <= limits.depth else { throw tooDeep }
        inProgress[node] = true
        defer { inProgress[node] = false }
        var result: Result = (.none, 1, 0)
        switch nodes[node] {
        case .list(let items): result.value = .list(try convert(items, depth, &result))
        case .tuple(let items): result.value = .tuple(try convert(items, depth, &result))
        case .set(let items): result.value = .set(try convert(items, depth, &result))
        case .dict(let items, let isOrderedDict):
            let flat = try convert(items, depth, &result)
            result.value = .dict(PickleDictionary(try entries(flat), isOrderedDict: isOrderedDict))
        case .string(let text): result = (.string(text), 1 + text.utf8.count / 64, 0)
        case .bytes(let bytes): result = (.bytes(bytes), 1 + bytes.count / 64, 0)
        default: result.value = try leaf(nodes[node])
        }
        converted[node] = result
        return result
    }

    private mutating func convert(_ items: [Int], _ depth: Int, _ result: inout Result) throws -> [PickleValue] {
        var values: [PickleValue] = []
        values.reserveCapacity(items.count)
        for item in items {
            let part = try convert(item, depth: depth + 1)
            result.weight += part.weight
            // Height and depth both: a shared object, converted where it was met first, may lie deeper elsewhere.
            result.height = max(result.height, part.height + 1)
            guard result.weight <= limits.values else {
                throw invalid("it expands to more than \(limits.values) values")
            }
            guard result.height <= limits.depth else { throw tooDeep }
            values.append(part.value)
        }
        return values
    }

    private func leaf(_ node: PickleNode) throws -> PickleValue {
        switch node {
        case .none: .none
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .bigInt(let value): .bigInt(value)
        case .float(let value): .float(value)
        case .tensor(let value): .tensor(value)
        case .array(let value): .array(value)
        case .size(let value): .size(value)
        case .device(let value): .device(value)
        case .global(.dtype(let type)): .dtype(type)
        case .storage, .emptyArray, .numpyType, .global: throw invalid("an object stands where a value is expected")
        case .list, .tuple, .set, .dict, .string, .bytes: throw invalid("a container stands where a value is expected")
        }
    }

    /// Entries with the last value of a repeated key at the key's first place, as Python's `dict` has it.
    private func entries(_ flat: [PickleValue]) throws -> [PickleDictionary.Entry] {
        var entries: [PickleDictionary.Entry] = []
        var positions: [PickleKey: Int] = [:]
        for index in stride(from: 0, to: flat.count, by: 2) {
            guard let key = PickleKey(flat[index]) else {
                throw invalid("a dictionary's key is not a number, a string or a tuple of them")
            }
            if let position = positions[key] {
                entries[position].value = flat[index + 1]
            } else {
                positions[key] = entries.count
                entries.append(.init(key: flat[index], value: flat[index + 1]))
            }
        }
        return entries
    }
}

/// A dictionary's key; as in Python, `1`, `1.0` and `True` are the same one.
private enum PickleKey: Hashable {
    case none
    case int(Int)
    case bigInt([UInt8])
    case float(Double)
    case string([UInt8])
    case bytes([UInt8])
    case tuple([PickleKey])

    init?(_ value: PickleValue) {
        switch value {
        case .none: self = .none
        case .bool(let value): self = .int(value ? 1 : 0)
        case .int(let value): self = .int(value)
        case .bigInt(let value): self = .bigInt(value)
        case .float(let value): self = Int(exactly: value).map { .int($0) } ?? .float(value)
        case .string(let value): self = .string(Array(value.utf8))
        case .bytes(let value): self = .bytes(value)
        case .tuple(let elements):
            var keys: [PickleKey] = []
            for element in elements {
                guard let key = PickleKey(element) else { return nil }
                keys.append(key)
            }
            self = .tuple(keys)
        default: return nil
        }
    }
}
