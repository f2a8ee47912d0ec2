extension Trainer {
    /// Whether this rank writes checkpoints and models: rank 0, or with `saveOnEachNode` the first of each machine.
    public var shouldSave: Bool { ranks.isFirst || arguments.saveOnEachNode && ranks.isLocalFirst }

    /// Python's `is_world_process_zero`.
    public var isWorldProcessZero: Bool { ranks.isFirst }

    /// Python's `is_local_process_zero`.
    public var isLocalProcessZero: Bool { ranks.isLocalFirst }

    var showsInformation: Bool {
        (ranks.isFirst ? arguments.logLevel : arguments.logLevelReplica).showsInformation
    }

    /// How steps are carried out here; nil without an optimizer.
    func executionStrategy() throws -> (any ExecutionStrategy)? {
        guard let optimizer else { return nil }
        guard let group = ranks.group else { return SingleDevice(self, optimizer: optimizer) }
        if let sharded { return ShardedExecution(self, sharded) }
        return try DataParallel(self, optimizer: optimizer, ranks: ranks, group: group)
    }
}
