extension Trainer {
    /// Shares the model and its optimizer out, where the arguments say so and it has not been done. Collective.
    func shardModel() throws {
        guard let (kind, offload) = arguments.sharding, let optimizer, let group = ranks.group else { return }
        guard sharded?.optimizer !== optimizer else { return }
        guard sharded == nil else {
            throw TrainingError.argument(
                "fsdp: the model is shared out with another optimizer; make a new trainer for this one")
        }
        sharded = try withTorchErrors {
            try ShardedModel(self, optimizer, group, kind, offload: offload)
        }
    }

    /// Runs `body` with the model's parameters whole on every rank: needed with `fsdp` `full_shard` to look at them after
    /// training has begun. Changes to them are lost. Collective: every rank has to call it.
    ///
    /// - Throws: `DistributedError`; what `body` throws.
    public func withFullParameters<Result>(_ body: () throws -> Result) throws -> Result {
        guard let sharded, sharded.kind == .fullShard else { return try body() }
        return try withTorchErrors { try sharded.withAll(body) }
    }

    /// Runs `body` with what the ranks must have in memory to run the model batch by batch. Collective.
    func withRootParameters<Result>(_ body: () throws -> Result) throws -> Result {
        guard let sharded, sharded.kind == .fullShard else { return try body() }
        return try withTorchErrors { try sharded.withRoot(body) }
    }

    /// Whether all ranks have to run the model at the same time.
    var runsInLockstep: Bool { sharded?.kind == .fullShard }

    /// Runs `body`, a forward pass without a backward pass, and takes part in the exchanges of other ranks' passes; alone
    /// with a `body` of nothing.
    func inLockstep<Result>(_ body: () throws -> Result) throws -> Result {
        guard let sharded, sharded.kind == .fullShard else { return try body() }
        sharded.layers.begin()
        let result = try body()
        try checkTorchErrors()
        try sharded.layers.end(hasBackward: false)
        return result
    }

    /// What is saved of tensors that are shared out. Collective.
    func wholeTensors(withOptimizer: Bool) throws -> WholeTensors {
        guard let sharded else { return WholeTensors() }
        return try withTorchErrors {
            try sharded.wholeTensors(
                of: WeightFiles.saved(model).weights.entries.map { $0.tensor }, isSaved: shouldSave,
                folder: arguments.outputFolder, withOptimizer: withOptimizer)
        }
    }
}
