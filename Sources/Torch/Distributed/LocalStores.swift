internal import CTorch

/// A store in a file that all processes reach, on one machine or on a shared file system.
public final class FileStore: Store, @unchecked Sendable {  // as its base class
    /// - Parameters:
    ///   - path: The file; made where it is missing, and removed by the last of the processes. Must not be left over from
    ///     an earlier run.
    ///   - worldSize: How many processes use it.
    ///   - timeout: How long calls wait. Default 5 minutes.
    /// - Throws: ``DistributedError``.
    public init(path: String, worldSize: Int, timeout: Duration = .seconds(300)) throws {
        guard (1...Int(Int32.max)).contains(worldSize) else {
            throw DistributedError(.invalidArgument, "\(path): a world size of \(worldSize) is not possible")
        }
        var store: ct_store?
        let status = ct_store_file(path, Int32(worldSize), timeout.milliseconds, &store)
        guard let store else {
            throw DistributedError(
                .other, "the store in \(path) can't be made: \(DistributedError.last(status)?.text ?? "")")
        }
        super.init(owning: store, timeout: timeout, name: "the store in \(path)")
    }
}

/// A store in this process's memory, for ranks that are its threads.
public final class HashStore: Store, @unchecked Sendable {  // as its base class
    /// - Parameter timeout: How long calls wait. Default 5 minutes.
    /// - Throws: ``DistributedError``.
    public init(timeout: Duration = .seconds(300)) throws {
        var store: ct_store?
        let status = ct_store_hash(timeout.milliseconds, &store)
        guard let store else {
            throw DistributedError(.other, "a store can't be made: \(DistributedError.last(status)?.text ?? "")")
        }
        super.init(owning: store, timeout: timeout, name: "the store in memory")
    }
}

/// A part of another store: its keys carry a prefix there.
public final class PrefixStore: Store, @unchecked Sendable {  // as its base class
    /// - Throws: ``DistributedError``.
    public init(_ prefix: String, _ store: Store) throws {
        var part: ct_store?
        let status = ct_store_prefix(prefix, store.handle, &part)
        guard let part else {
            throw DistributedError(.other, "\(store.name): \(DistributedError.last(status)?.text ?? "")")
        }
        super.init(owning: part, timeout: store.timeout, name: store.name)
    }
}
