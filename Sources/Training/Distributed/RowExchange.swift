/// Averages over the ranks the gradients of tables of which a step uses few rows: the rows travel, not the tables.
struct RowExchange {
    let group: ProcessGroup
    let tables: [Tensor]

    /// What a rank has of a table's gradient; the number of its rows where it has rows.
    private enum Kind {
        static let none = -1
        static let whole = -2
    }

    /// Whether the whole table is less to send than the rows of all ranks.
    ///
    /// - Parameters:
    ///   - rowBytes: The rows of a rank, with their numbers.
    ///   - tableBytes: The table.
    ///   - ranks: How many ranks there are.
    static func sendsWhole(rowBytes: Int, tableBytes: Int, ranks: Int) -> Bool {
        // An all-reduce sends everything twice.
        Double(rowBytes) * Double(ranks) > 2 * Double(tableBytes)
    }

    /// Bytes of a row and its number.
    static func rowBytes(_ table: Tensor) -> Int { table.size(1) * table.dtype.itemSize + 8 }

    /// Collective. Where a rank has no gradient of a table, nothing is added for it; where all have none, it stays so.
    func average() throws {
        for table in tables { try average(table) }
    }

    private func average(_ table: Tensor) throws {
        let own = table.grad.map { $0.isSparse ? $0.coalesce() : $0 }
        let kinds = try kinds(own)
        let most = kinds.max() ?? 0
        let sendsWhole = Self.sendsWhole(
            rowBytes: most * Self.rowBytes(table), tableBytes: table.numel * table.dtype.itemSize,
            ranks: group.worldSize)
        if kinds.contains(Kind.whole) || sendsWhole {
            try averageWhole(table, own)
        } else if most > 0 {
            table.grad = try sum(own, of: table, kinds, most)
        } else if most == 0 {
            table.grad = own ?? Self.rows(table, Tensor.zeros([0], dtype: .int64), table[0..<0].detach())
        }
    }

    private func kinds(_ own: Tensor?) throws -> [Int] {
        let kind = own.map { $0.isSparse ? $0.values().size(0) : Kind.whole } ?? Kind.none
        let all = Tensor.empty([group.worldSize], dtype: .int64)
        try group.allGatherIntoTensor(all, Tensor([kind]))
        return all.array(of: Int.self)
    }

    private func averageWhole(_ table: Tensor, _ own: Tensor?) throws {
        let whole = own.map { $0.isSparse ? $0.toDense() : $0.contiguous() } ?? table.detach().zerosLike()
        try group.allReduce(whole, op: .average)
        table.grad = whole
    }

    /// All ranks add up the same rows in the same order, and so get the same bits.
    private func sum(_ own: Tensor?, of table: Tensor, _ kinds: [Int], _ most: Int) throws -> Tensor {
        let width = table.size(1)
        let indices = Tensor.zeros([most], dtype: .int64)
        let values = Tensor.zeros([most, width], dtype: table.dtype)
        if let own {
            let count = own.values().size(0)
            _ = indices[0..<count].copy_(own.indices().reshape([-1]))
            _ = values[0..<count].copy_(own.values())
        }
        let allIndices = Tensor.empty([group.worldSize * most], dtype: .int64)
        let allValues = Tensor.empty([group.worldSize * most, width], dtype: table.dtype)
        try group.allGatherIntoTensor(allIndices, indices)
        try group.allGatherIntoTensor(allValues, values)
        let parts = kinds.enumerated().filter { $1 > 0 }.map { rank, count in rank * most..<rank * most + count }
        let sum = Self.rows(
            table, Tensor.cat(parts.map { allIndices[$0] }), Tensor.cat(parts.map { allValues[$0] })
        ).coalesce()
        _ = sum.values().div_(Double(group.worldSize))
        return sum
    }

    private static func rows(_ table: Tensor, _ indices: Tensor, _ values: Tensor) -> Tensor {
        indices.reshape([1, -1]).sparseCooTensor(values, table.shape)
    }
}
