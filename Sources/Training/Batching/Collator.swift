/// Turns rows into a batch. Runs on worker threads where `dataloaderNumWorkers` asks for them.
public struct Collator<Example>: Sendable {
    private let body: @Sendable (_ examples: [Example], _ rows: [Int]) throws -> Batch

    /// - Parameter body: Gets the examples and their places in the data set, and gives tensors on the CPU.
    public init(_ body: @escaping @Sendable (_ examples: [Example], _ rows: [Int]) throws -> Batch) { self.body = body }

    public func callAsFunction(_ examples: [Example], rows: [Int]) throws -> Batch {
        var batch = try body(examples, rows)
        if batch.rows.isEmpty { batch.rows = rows }
        return batch
    }
}
