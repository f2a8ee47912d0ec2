/// The messages that a model's gradients go into, as c10d's `Reducer` makes them: in the order in which gradients come,
/// a first one of at least 1 MiB, so that it starts early, then ones of at least 25 MiB.
public struct GradientBuckets: Hashable, Sendable {
    /// A message, and when it can start.
    public struct Bucket: Hashable, Sendable {
        public var bytes: Int
        /// The share of the backward pass after which all its gradients are there: 0 to 1.
        public var readyAt: Double
    }

    /// A parameter's gradient.
    public struct Gradient: Hashable, Sendable {
        public var bytes: Int
        /// How much of the backward pass goes into it, in any unit: the elements of a matrix, 0 for a table that is looked
        /// up in.
        public var work: Double

        public init(bytes: Int, work: Double) {
            self.bytes = bytes
            self.work = work
        }
    }

    public let buckets: [Bucket]

    /// - Parameters:
    ///   - gradients: In the order of the model's parameters; the backward pass goes through them from the last.
    ///   - bucketBytes: From how many bytes on a message is full. Default 25 MiB.
    ///   - firstBucketBytes: The same for the first one. Default 1 MiB.
    ///   - share: The bytes that are sent for each byte of a gradient: 0.5 for `ddp_comm_hook: bf16`. Default 1.
    public init(
        _ gradients: [Gradient], bucketBytes: Int = 25 << 20, firstBucketBytes: Int = 1 << 20,
        compressedTo share: Double = 1
    ) {
        let allWork = gradients.reduce(0) { $0 + $1.work }
        var buckets: [Bucket] = []
        var bytes = 0
        var work = 0.0
        func close() {
            guard bytes > 0 else { return }
            buckets.append(
                Bucket(
                    bytes: Int((Double(bytes) * share).rounded()), readyAt: allWork > 0 ? min(1, work / allWork) : 1))
            bytes = 0
        }
        for gradient in gradients.reversed() {
            bytes += gradient.bytes
            work += gradient.work
            if bytes >= (buckets.isEmpty ? firstBucketBytes : bucketBytes) { close() }
        }
        close()
        // Tables come last, whatever share of the work they are.
        if !buckets.isEmpty { buckets[buckets.count - 1].readyAt = 1 }
        self.buckets = buckets
    }

    /// What all messages hold.
    public var bytes: Int { buckets.reduce(0) { $0 + $1.bytes } }
}
