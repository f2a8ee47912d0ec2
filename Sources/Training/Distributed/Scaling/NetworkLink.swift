/// What lies between two ranks.
public struct NetworkLink: Hashable, Sendable {
    /// In one direction, while the other is busy too.
    public var bytesPerSecond: Double
    /// Seconds from the sending of a small message to its arrival.
    public var latency: Double
    /// Seconds of a processor that each byte which a rank sends costs it: copying and adding. 0 where the network card and
    /// the GPU do it.
    public var processorSecondsPerByte: Double

    public init(bytesPerSecond: Double, latency: Double, processorSecondsPerByte: Double = 0) {
        self.bytesPerSecond = bytesPerSecond
        self.latency = latency
        self.processorSecondsPerByte = processorSecondsPerByte
    }

    /// Seconds in which so many bytes go through, once the first has arrived.
    func transferSeconds(_ bytes: Double) -> Double { bytes * max(1 / bytesPerSecond, processorSecondsPerByte) }
}

/// The links between ranks, and how they add up their gradients.
public struct Interconnect: Hashable, Sendable {
    public enum Algorithm: String, Hashable, Sendable, CaseIterable {
        /// All ranks in one ring: what Gloo does, and NCCL for large messages.
        case ring
        /// Within each machine first, then between machines, each rank with a part: what NCCL's trees come near to.
        case hierarchical
    }

    /// Between ranks of one machine.
    public var inside: NetworkLink
    /// Between machines; all ranks of a machine share it.
    public var between: NetworkLink
    public var ranksPerNode: Int
    public var algorithm: Algorithm
    /// How often the latency counts in each round of a ring: 2 for Gloo, which sends when the receiver has said that it is
    /// ready; 1 for NCCL.
    public var latenciesPerRound: Double

    public init(
        inside: NetworkLink, between: NetworkLink, ranksPerNode: Int = 1, algorithm: Algorithm = .ring,
        latenciesPerRound: Double = 1
    ) {
        self.inside = inside
        self.between = between
        self.ranksPerNode = ranksPerNode
        self.algorithm = algorithm
        self.latenciesPerRound = latenciesPerRound
    }

    /// Seconds that an all-reduce takes.
    public func allReduceSeconds(bytes: Int, ranks: Int) -> Double {
        guard ranks > 1 else { return 0 }
        switch algorithm {
        case .ring:
            return links(ranks).map { ring($0, Double(bytes), ranks) }.max() ?? 0
        case .hierarchical:
            let inNode = min(ranks, ranksPerNode)
            let nodes = (ranks + ranksPerNode - 1) / ranksPerNode
            // Each rank of a machine exchanges its part with its fellows on the others, over one shared link.
            var shared = between
            shared.bytesPerSecond /= Double(inNode)
            return ring(inside, Double(bytes), inNode) + ring(shared, Double(bytes) / Double(inNode), nodes)
        }
    }

    /// Seconds in which every rank gets so many bytes of each other one: N − 1 rounds of a ring.
    public func allGatherSeconds(bytes: Int, ranks: Int) -> Double {
        guard ranks > 1 else { return 0 }
        let rounds = links(ranks).map { latenciesPerRound * $0.latency + $0.transferSeconds(Double(bytes)) }
        return Double(ranks - 1) * (rounds.max() ?? 0)
    }

    /// Those that a ring of so many ranks goes over.
    private func links(_ ranks: Int) -> [NetworkLink] {
        if ranksPerNode == 1 { return [between] }
        return ranks > ranksPerNode ? [inside, between] : [inside]
    }

    /// Seconds of a processor that an all-reduce costs each rank.
    public func processorSeconds(bytes: Int, ranks: Int) -> Double {
        guard ranks > 1 else { return 0 }
        let link = ranksPerNode > 1 && ranks <= ranksPerNode ? inside : between
        return Self.sentBytes(Double(bytes), ranks) * link.processorSecondsPerByte
    }

    /// A ring all-reduce is a reduce-scatter and an all-gather of N − 1 rounds each, in which every rank passes on one part
    /// of N: 2 (N − 1) (latency + bytes / N / bandwidth).
    ///
    /// P. Patarasuk, X. Yuan: Bandwidth optimal all-reduce algorithms for clusters of workstations, J. Parallel Distrib.
    /// Comput. 69 (2009), section 4; costs as in R. Thakur, R. Rabenseifner, W. Gropp: Optimization of collective
    /// communication operations in MPICH, Int. J. High Perform. Comput. Appl. 19 (2005), section 3.
    private func ring(_ link: NetworkLink, _ bytes: Double, _ ranks: Int) -> Double {
        guard ranks > 1 else { return 0 }
        return 2 * Double(ranks - 1) * (latenciesPerRound * link.latency + link.transferSeconds(bytes / Double(ranks)))
    }

    /// What one rank sends in a ring.
    static func sentBytes(_ bytes: Double, _ ranks: Int) -> Double { 2 * Double(ranks - 1) / Double(ranks) * bytes }
}
