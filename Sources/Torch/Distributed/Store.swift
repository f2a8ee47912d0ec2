internal import CTorch

/// Keys and values that all ranks share: how they find each other, and agree on small things.
///
/// One of ``TCPStore``, ``FileStore``, ``HashStore`` and ``PrefixStore``. Calls block. A store may be used from several
/// threads; while one of them waits in a ``TCPStore``, the others wait for it too, so that a thread which waits for long
/// is better given a connection of its own.
///
/// Errors of all methods are of type ``DistributedError``: `timeout`, `peerLost` where the process that serves the store
/// is gone, `other`.
public class Store: @unchecked Sendable {  // c10d's stores lock themselves
    let handle: ct_store
    /// How long calls wait that are given no time of their own.
    public let timeout: Duration
    /// For messages: `the store at localhost:29500`.
    let name: String

    init(owning handle: ct_store, timeout: Duration, name: String) {
        self.handle = handle
        self.timeout = timeout
        self.name = name
    }

    deinit { ct_store_free(handle) }

    /// Writes a value, in place of one that is there.
    public func set(_ key: String, _ value: [UInt8]) throws {
        try check("set", key, ct_store_set(handle, key, value, value.count))
    }

    /// Writes a text.
    public func set(_ key: String, _ value: String) throws { try set(key, Array(value.utf8)) }

    /// The value of a key; waits until somebody has written it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - timeout: How long to wait; nil is ``timeout``.
    public func get(_ key: String, timeout: Duration? = nil) throws -> [UInt8] {
        let timeout = timeout ?? self.timeout
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        try check("get", key, ct_store_get(handle, key, timeout.milliseconds, &bytes, &count), timeout)
        return Self.take(bytes, count)
    }

    /// The value of a key as a text, with U+FFFD where it is not UTF-8; waits until somebody has written it.
    public func getString(_ key: String, timeout: Duration? = nil) throws -> String {
        String(decoding: try get(key, timeout: timeout), as: UTF8.self)
    }

    /// Waits until all keys are there.
    ///
    /// - Parameters:
    ///   - keys: The keys.
    ///   - timeout: How long to wait; nil is ``timeout``.
    public func wait(_ keys: [String], timeout: Duration? = nil) throws {
        guard !keys.isEmpty else { return }
        let timeout = timeout ?? self.timeout
        let status = withCStrings(keys) { ct_store_wait(handle, $0, keys.count, timeout.milliseconds) }
        try check("wait", keys[0], status, timeout)
    }

    /// Whether all keys are there.
    public func check(_ keys: [String]) throws -> Bool {
        guard !keys.isEmpty else { return true }
        var isThere = false
        let status = withCStrings(keys) { ct_store_check(handle, $0, keys.count, &isThere) }
        try check("check", keys[0], status)
        return isThere
    }

    /// Adds to the number that the key holds, 0 at first, as a decimal text.
    ///
    /// - Returns: The sum.
    @discardableResult
    public func add(_ key: String, _ amount: Int) throws -> Int {
        var sum: Int64 = 0
        try check("add", key, ct_store_add(handle, key, Int64(amount), &sum))
        return Int(sum)
    }

    /// Removes a key.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    public func delete(_ key: String) throws -> Bool {
        var wasThere = false
        try check("delete", key, ct_store_delete(handle, key, &wasThere))
        return wasThere
    }

    /// Writes `desired` if the key holds `expected`, or if it is not there and `expected` is empty.
    ///
    /// - Returns: What the key holds afterwards; `expected` itself where it is not there and was not written.
    @discardableResult
    public func compareSet(_ key: String, expected: [UInt8], desired: [UInt8]) throws -> [UInt8] {
        var bytes: UnsafeMutableRawPointer?
        var count = 0
        try check(
            "compareSet", key,
            ct_store_compare_set(handle, key, expected, expected.count, desired, desired.count, &bytes, &count))
        return Self.take(bytes, count)
    }

    /// How many keys there are, with those that stores use themselves.
    public func keyCount() throws -> Int {
        var count: Int64 = 0
        try check("keyCount", "", ct_store_key_count(handle, &count))
        return Int(count)
    }

    // MARK: Failures

    private func check(_ call: String, _ key: String, _ status: ct_distributed_status, _ waited: Duration? = nil) throws
    {
        guard let (kind, text) = DistributedError.last(status) else { return }
        let subject = key.isEmpty ? "\(name): \(call)" : "\(name): \(call) of the key \"\(key)\""
        switch kind {
        case .timeout where waited != nil:
            throw DistributedError(.timeout, "\(subject): nobody wrote it within \((waited ?? timeout).inSeconds)")
        case .peerLost:
            throw DistributedError(
                .peerLost, "\(subject): the process that serves the store, that of rank 0 or of the launcher, is gone")
        default:
            throw DistributedError(kind, "\(subject): \(text)")
        }
    }

    private static func take(_ bytes: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8] {
        defer { ct_bytes_free(bytes) }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}

/// Gives `body` C strings that live as long as the call.
func withCStrings<Result>(_ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>) throws -> Result) rethrows
    -> Result
{
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes.append(contentsOf: text.utf8CString)
    }
    // An empty list still needs an address.
    if bytes.isEmpty { bytes.append(0) }
    return try bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("a buffer of at least one byte has an address") }
        let pointers = (starts.isEmpty ? [0] : starts).map { base + $0 }
        return try pointers.withUnsafeBufferPointer { list in
            guard let first = list.baseAddress else { preconditionFailure("a list of at least one has an address") }
            return try body(first)
        }
    }
}
