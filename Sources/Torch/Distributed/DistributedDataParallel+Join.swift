internal import CTorch

/// What a rank does where ranks have different numbers of inputs.
struct JoinMode {
    let dividesByWorldSize: Bool
    /// False once this rank has come to its end.
    var hasInputs = true
}

extension DistributedDataParallel {
    /// Runs `body`, a training loop whose number of steps may differ between ranks (PyTorch's `model.join()`).
    ///
    /// A rank that has come to its end takes part in the others' reductions with zeros until all have. Then all ranks
    /// take over the model of one that ended last. Where `body` throws, the others are left to their time-out.
    ///
    /// - Parameters:
    ///   - dividesByInitialWorldSize: Whether gradients are divided by the number of all ranks, or only by that of the
    ///     ranks that still have inputs. Default true.
    ///   - body: Calls ``prepareForForward()`` and ``prepareForBackward(outputs:)`` for each of this rank's inputs, and no
    ///     other collectives.
    /// - Throws: What `body` throws, and ``DistributedError``.
    public func withUnevenInputs<Result>(
        dividesByInitialWorldSize: Bool = true, _ body: () throws -> Result
    ) throws -> Result {
        guard !options.staticGraph else {
            throw context.failure(.unsupported, "withUnevenInputs does not go together with staticGraph")
        }
        guard dividesByInitialWorldSize || options.compression == .none else {
            throw context.failure(
                .unsupported,
                "compressed gradients are always divided by the number of all ranks: leave "
                    + "dividesByInitialWorldSize on")
        }
        guard join == nil else { throw context.failure(.invalidArgument, "withUnevenInputs is called inside itself") }
        join = JoinMode(dividesByWorldSize: dividesByInitialWorldSize)
        defer { join = nil }
        let result = try body()
        join?.hasInputs = false
        try shadowTheOthers()
        return result
    }

    func announce(_ join: JoinMode) throws {
        let contributing = try withTorchErrors { Tensor([Float(1)]) }
        try callReducer { ct_reducer_announce_forward($0, contributing.handle, join.dividesByWorldSize) }
    }

    /// Whether any rank with inputs reduces gradients in this step.
    func agreeOnSynchronizing(_ wish: Bool) throws -> Bool {
        let flag = try withTorchErrors { Tensor([Float(wish ? 1 : 0)]) }
        try group.allReduce(flag)
        return try withTorchErrors { flag.item() != 0 }
    }

    /// The highest rank among the candidates.
    func commonRank(isCandidate: Bool) throws -> Int {
        let rank = try withTorchErrors { Tensor([isCandidate ? group.rank : -1]) }
        try group.allReduce(rank, op: .max)
        let common = try withTorchErrors { rank.item(as: Int.self) }
        guard common >= 0 else { throw context.failure(.mismatch, "no rank has inputs left") }
        return common
    }

    private func shadowTheOthers() throws {
        var isLast = true
        while try ranksWithInputs() > 0 {
            isLast = false
            try rebuildBuckets()
            try takeOverBuffers()
            let synchronizes = try agreeOnSynchronizing(false)
            setTakesOverBuffers(synchronizes)
            if synchronizes { try callReducer { ct_reducer_shadow_backward($0) } }
        }
        try group.broadcast(parameters + buffers, from: commonRank(isCandidate: isLast))
    }

    private func ranksWithInputs() throws -> Int {
        let count = try withTorchErrors { Tensor([Float(0)]) }
        try group.allReduce(count)
        return try withTorchErrors { count.item(as: Int.self) }
    }
}
