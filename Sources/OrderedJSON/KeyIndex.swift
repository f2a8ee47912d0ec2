/// Finds the position of a key in an object's members: a hash table of positions, which keeps each key's hash so that
/// growing it hashes nothing again.
struct KeyIndex: Sendable {
    /// A power of two of slots, each -1 or a position; empty for an index that is not in use.
    private var slots: [Int32] = []
    /// The hash of the key at each position.
    private var hashes: [Int] = []

    var isEmpty: Bool { slots.isEmpty }

    static func hash(_ key: String) -> Int {
        var hasher = Hasher()
        JSONKey(key).hash(into: &hasher)
        return hasher.finalize()
    }

    /// The position whose key has this hash and fulfils `isKey`.
    func position(hash: Int, where isKey: (Int) -> Bool) -> Int? {
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0 {
            let position = Int(slots[slot])
            if hashes[position] == hash, isKey(position) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds the next position, of a key that is not there yet.
    mutating func append(hash: Int) {
        hashes.append(hash)
        if hashes.count * 2 > slots.count {
            slots = Array(repeating: -1, count: max(32, slots.count * 2))
            for position in hashes.indices { insert(position) }
        } else {
            insert(hashes.count - 1)
        }
    }

    private mutating func insert(_ position: Int) {
        var slot = hashes[position] & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(position)
    }
}
