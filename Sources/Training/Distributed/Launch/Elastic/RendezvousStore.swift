import Synchronization

/// Keys and values that all agents of a run see.
protocol RendezvousStore {
    /// The value; nil where there is none.
    func value(_ key: String) throws -> [UInt8]?
    func set(_ key: String, _ value: [UInt8]) throws
    /// Sets the value where it still is what it was; nil stands for none.
    ///
    /// - Returns: Whether it was so.
    func replace(_ key: String, _ old: [UInt8]?, with new: [UInt8]) throws -> Bool
}

/// For a run on one machine.
final class LocalRendezvousStore: RendezvousStore, Sendable {
    private let values = Mutex<[String: [UInt8]]>([:])

    func value(_ key: String) -> [UInt8]? { values.withLock { $0[key] } }

    func set(_ key: String, _ value: [UInt8]) { values.withLock { $0[key] = value } }

    func replace(_ key: String, _ old: [UInt8]?, with new: [UInt8]) -> Bool {
        values.withLock { values in
            guard values[key] == old else { return false }
            values[key] = new
            return true
        }
    }
}
