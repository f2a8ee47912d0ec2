/// A run of bytes that one or more tensors view: memory of its own, a part of a mapped file, or memory of another object.
///
/// The bytes never change while a storage holds them. Two tensors with the same storage object are written to a
/// `torch.save` archive with their bytes once.
public final class TensorStorage: @unchecked Sendable {
    // Sendable: `start` points to memory that nobody writes after `init`, and `owner` is held only to keep it alive.
    private let start: UnsafeRawPointer?
    private let allocation: UnsafeMutableRawPointer?
    private let owner: AnyObject?

    /// Bytes in the storage.
    public let count: Int

    /// Memory that belongs to `owner`, not copied.
    ///
    /// - Parameters:
    ///   - bytes: Must stay valid and unchanged while `owner` lives.
    ///   - owner: Kept alive by the storage.
    public init(unsafeBytes bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        start = bytes.baseAddress
        count = bytes.count
        allocation = nil
        self.owner = owner
    }

    /// New memory of `count` bytes, aligned to 64 bytes, that `initialize` fills.
    public init(count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 64)
        do {
            try initialize(UnsafeMutableRawBufferPointer(start: memory, count: count))
        } catch {
            memory.deallocate()
            throw error
        }
        start = UnsafeRawPointer(memory)
        allocation = memory
        owner = nil
        self.count = count
    }

    /// A copy of `bytes`.
    public convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    deinit { allocation?.deallocate() }

    /// Calls `body` with the bytes, which are valid only inside it.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
