/// What a training run gives on more ranks than there are here: each has as many rows as one has now, so that a step takes
/// as long as before and the exchange of gradients on top, as far as the backward pass does not hide it.
public struct ScalingModel: Hashable, Sendable {
    /// Numbers of ranks that are looked at when a limit is sought.
    static let mostRanks = 1 << 20
    /// Small all-reduces of each step that nothing hides: the labels that count, and what the ranks' callbacks wish.
    static let messagesPerStep = 2
    private static let messageBytes = 128

    public var costs: StepCosts
    public var buckets: GradientBuckets
    public var interconnect: Interconnect
    /// Whether the exchange has processors of its own, beside those that compute.
    public var hasSpareProcessors: Bool

    public init(
        costs: StepCosts, buckets: GradientBuckets, interconnect: Interconnect, hasSpareProcessors: Bool = true
    ) {
        self.costs = costs
        self.buckets = buckets
        self.interconnect = interconnect
        self.hasSpareProcessors = hasSpareProcessors
    }

    /// What a number of ranks gives.
    public func prediction(ranks: Int) -> ScalingPrediction {
        let ranks = max(1, ranks)
        guard ranks > 1 else {
            return ScalingPrediction(
                ranks: 1, stepSeconds: costs.total, exchangeSeconds: 0, hiddenShare: nil, speedUp: 1,
                samplesPerSecond: Double(costs.samples) / costs.total)
        }
        // Where computing and sending share the processors, sending holds up the backward pass.
        let stolen =
            hasSpareProcessors ? 0 : interconnect.processorSeconds(bytes: buckets.bytes, ranks: ranks)
        let backward = costs.backward + stolen
        var sent = 0.0
        var exchange = 0.0
        for bucket in buckets.buckets {
            let seconds = interconnect.allReduceSeconds(bytes: bucket.bytes, ranks: ranks)
            sent = max(sent, bucket.readyAt * backward) + seconds
            exchange += seconds
        }
        let exposed = max(sent, backward) - costs.backward
        // Each table's rows are counted by a message of its own.
        let messages =
            Double(Self.messagesPerStep + costs.tables.count)
            * interconnect.allReduceSeconds(bytes: Self.messageBytes, ranks: ranks)
            + costs.tables.reduce(0) { $0 + $1.seconds(interconnect, ranks: ranks) }
        let step = costs.total + exposed + messages
        return ScalingPrediction(
            ranks: ranks, stepSeconds: step, exchangeSeconds: exchange + messages,
            hiddenShare: min(1, max(0, 1 - (exposed + messages) / (exchange + messages))),
            speedUp: Double(ranks) * costs.total / step, samplesPerSecond: Double(ranks * costs.samples) / step)
    }

    /// The least number of ranks, in whole machines, of which each does less than half of what one alone does; nil where
    /// that is not so for any up to a million.
    public func limit() -> Int? {
        let unit = interconnect.ranksPerNode
        func isBeyond(_ count: Int) -> Bool { prediction(ranks: count).efficiency < 0.5 }
        // Within one machine first.
        if unit > 1, let first = (2...unit).first(where: isBeyond) { return first }
        var low = 1
        var high = Self.mostRanks / unit
        guard high > 1, isBeyond(high * unit) else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if isBeyond(middle * unit) { high = middle } else { low = middle }
        }
        return high * unit
    }
}

/// What a number of ranks gives; see ``ScalingModel``.
public struct ScalingPrediction: Hashable, Sendable {
    public let ranks: Int
    public let stepSeconds: Double
    /// What the exchange takes, hidden or not.
    public let exchangeSeconds: Double
    /// The share of the exchange that passes while the backward pass goes on; nil for one rank.
    public let hiddenShare: Double?
    /// How many times as many rows as on one rank.
    public let speedUp: Double
    public let samplesPerSecond: Double

    /// The speed-up's share of the ideal one.
    public var efficiency: Double { speedUp / Double(ranks) }
}
