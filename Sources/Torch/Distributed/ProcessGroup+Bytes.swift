/// Bytes of any length on each rank: texts, numbers, metrics.
extension ProcessGroup {
    /// The bytes of all ranks, in their order, on every rank.
    ///
    /// - Throws: ``DistributedError``, ``TorchError``.
    public func allGatherBytes(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let (padded, lengths) = try lengthsAndPadded(bytes)
        guard padded.numel > 0 else { return lengths.map { _ in [] } }
        let all = try withTorchErrors { Tensor.empty([worldSize * padded.numel], dtype: .uint8) }
        try allGatherIntoTensor(all, padded)
        return Self.parts(of: all, lengths)
    }

    /// The bytes of all ranks, in their order, on rank `root`; nil on the others.
    ///
    /// - Throws: ``DistributedError``, ``TorchError``.
    public func gatherBytes(_ bytes: [UInt8], to root: Int) throws -> [[UInt8]]? {
        let (padded, lengths) = try lengthsAndPadded(bytes)
        guard padded.numel > 0 else { return rank == root ? lengths.map { _ in [] } : nil }
        guard let parts = try gather(padded, to: root) else { return nil }
        return zip(parts, lengths).map { part, length in
            part.withUnsafeElements(of: UInt8.self) { Array($0.prefix(length)) } ?? []
        }
    }

    /// The bytes of rank `root`, on every rank.
    ///
    /// - Parameters:
    ///   - bytes: What rank `root` sends; of no account on the others.
    ///   - root: The rank that sends.
    /// - Throws: ``DistributedError``, ``TorchError``.
    public func broadcastBytes(_ bytes: [UInt8], from root: Int) throws -> [UInt8] {
        let length = try withTorchErrors { Tensor([bytes.count]) }
        try broadcast(length, from: root)
        let count = try withTorchErrors { length.item(as: Int.self) }
        guard count > 0 else { return [] }
        let buffer = try withTorchErrors { rank == root ? Tensor(bytes) : Tensor.empty([count], dtype: .uint8) }
        try broadcast(buffer, from: root)
        return buffer.withUnsafeElements(of: UInt8.self) { Array($0) } ?? []
    }

    /// This rank's bytes, as long as the longest, and how many each rank has.
    private func lengthsAndPadded(_ bytes: [UInt8]) throws -> (Tensor, [Int]) {
        let own = try withTorchErrors { Tensor([bytes.count]) }
        let all = try withTorchErrors { Tensor.empty([worldSize], dtype: .int64) }
        try allGatherIntoTensor(all, own)
        let lengths = try withTorchErrors { all.array(of: Int.self) }
        let longest = lengths.max() ?? 0
        guard lengths.allSatisfy({ $0 >= 0 }), !longest.multipliedReportingOverflow(by: worldSize).overflow else {
            throw context("gather of bytes").failure(.mismatch, "the ranks sent lengths that can't be: \(lengths)")
        }
        let padded = try withTorchErrors { Tensor(bytes + [UInt8](repeating: 0, count: longest - bytes.count)) }
        return (padded, lengths)
    }

    private static func parts(of all: Tensor, _ lengths: [Int]) -> [[UInt8]] {
        let stride = all.numel / max(1, lengths.count)
        return all.withUnsafeElements(of: UInt8.self) { elements in
            lengths.indices.map { Array(elements[$0 * stride..<$0 * stride + lengths[$0]]) }
        } ?? []
    }
}
