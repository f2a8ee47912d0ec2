internal import CTorch

/// How collectives put the ranks' numbers together.
public enum ReduceOp: Int32, Sendable, Hashable {
    case sum = 0
    /// The sum divided by the number of ranks.
    case average = 1
    case product = 2
    case min = 3
    case max = 4
}

/// Each collective blocks until it has ended, or comes as a ``Work`` that is waited for later. All throw
/// ``DistributedError``: `invalidArgument` and `mismatch` for tensors that don't fit, `timeout`, `peerLost`,
/// `unsupported`; and ``TorchError`` where an operator failed before in the open error scope.
extension ProcessGroup {
    // MARK: Reductions

    /// Gives every rank the reduction of all ranks' tensors, in place.
    public func allReduce(_ tensor: Tensor, op: ReduceOp = .sum) throws {
        try startAllReduce(tensor, op: op).wait()
    }

    /// Starts ``allReduce(_:op:)``.
    public func startAllReduce(_ tensor: Tensor, op: ReduceOp = .sum) throws -> Work {
        let context = context("allReduce")
        try check([tensor], context, op: op)
        return try start(context) { try ct_group_all_reduce(handle, tensor.handle, op.rawValue, &$0) }
    }

    /// Gives rank `root` the reduction of all ranks' tensors, in place; on the others the tensor's content is then unknown.
    public func reduce(_ tensor: Tensor, to root: Int, op: ReduceOp = .sum) throws {
        let context = context("reduce")
        try check([tensor], context, op: op, root: root)
        try start(context) { try ct_group_reduce(handle, tensor.handle, op.rawValue, Int32(root), &$0) }.wait()
    }

    /// Gives each rank its part of the reduction of all ranks' tensors. Nothing is copied on the way.
    ///
    /// - Parameters:
    ///   - output: Holds as many elements as `input` divided by the number of ranks.
    ///   - input: Parts for rank 0, 1 and so on, one after the other; may hold `output`.
    ///   - op: Default the sum.
    public func reduceScatterTensor(_ output: Tensor, _ input: Tensor, op: ReduceOp = .sum) throws {
        try startReduceScatterTensor(output, input, op: op).wait()
    }

    /// Starts ``reduceScatterTensor(_:_:op:)``.
    public func startReduceScatterTensor(_ output: Tensor, _ input: Tensor, op: ReduceOp = .sum) throws -> Work {
        let context = context("reduceScatterTensor")
        try check([output, input], context, op: op)
        try checkSizes(whole: input, part: output, context)
        return try start(context) {
            try ct_group_reduce_scatter_single(handle, output.handle, input.handle, op.rawValue, &$0)
        }
    }

    // MARK: Copies

    /// Gives every rank the tensor of rank `root`, in place.
    public func broadcast(_ tensor: Tensor, from root: Int) throws { try startBroadcast(tensor, from: root).wait() }

    /// Starts ``broadcast(_:from:)``.
    public func startBroadcast(_ tensor: Tensor, from root: Int) throws -> Work {
        let context = context("broadcast")
        try check([tensor], context, root: root)
        return try start(context) { try ct_group_broadcast(handle, tensor.handle, Int32(root), &$0) }
    }

    /// Gives every rank the tensors of rank `root`, in place, many of them in one message.
    ///
    /// - Parameters:
    ///   - tensors: On every rank of the same types and shapes.
    ///   - root: The rank that has the values.
    ///   - bufferMB: How much goes into one message, in MiB. Default 250, as in PyTorch.
    public func broadcast(_ tensors: [Tensor], from root: Int, bufferMB: Int = 250) throws {
        let context = context("broadcast")
        guard !tensors.isEmpty else { return }
        for tensor in tensors { try check([tensor], context, root: root, needsContiguous: false) }
        guard (1...(1 << 20)).contains(bufferMB) else {
            throw context.failure(.invalidArgument, "a buffer of \(bufferMB) MiB is not possible")
        }
        let handles = tensors.map { $0.handle }
        try context.check(
            try ct_group_broadcast_coalesced(handle, handles, handles.count, bufferMB << 20, Int32(root)))
    }

    /// The tensors of all ranks, in their order. All must have the same shape and type.
    public func allGather(_ input: Tensor) throws -> [Tensor] {
        let context = context("allGather")
        try check([input], context)
        let outputs = try room(like: input)
        let handles = outputs.map { $0.handle }
        try start(context) { try ct_group_all_gather(handle, handles, handles.count, input.handle, &$0) }.wait()
        return outputs
    }

    /// Writes the tensors of all ranks into one, one after the other. Nothing is copied on the way.
    ///
    /// - Parameters:
    ///   - output: Holds as many elements as `input` times the number of ranks.
    ///   - input: This rank's part; may be a part of `output`, its own.
    public func allGatherIntoTensor(_ output: Tensor, _ input: Tensor) throws {
        try startAllGatherIntoTensor(output, input).wait()
    }

    /// Starts ``allGatherIntoTensor(_:_:)``.
    public func startAllGatherIntoTensor(_ output: Tensor, _ input: Tensor) throws -> Work {
        let context = context("allGatherIntoTensor")
        try check([output, input], context)
        try checkSizes(whole: output, part: input, context)
        return try start(context) { try ct_group_all_gather_single(handle, output.handle, input.handle, &$0) }
    }

    /// On rank `root` the tensors of all ranks, in their order; nil on the others. All must have the same shape and type.
    public func gather(_ input: Tensor, to root: Int) throws -> [Tensor]? {
        let context = context("gather")
        try check([input], context, root: root)
        let outputs = rank == root ? try room(like: input) : []
        let handles = outputs.map { $0.handle }
        try start(context) { try ct_group_gather(handle, handles, handles.count, input.handle, Int32(root), &$0) }
            .wait()
        return rank == root ? outputs : nil
    }

    // MARK: Checks

    private func start(
        _ context: FailureContext, _ body: (inout ct_work?) throws -> ct_distributed_status
    ) throws -> Work {
        var work: ct_work?
        try context.check(try body(&work))
        guard let work else { throw context.failure(.other, "libtorch started nothing") }
        return Work(owning: work, context)
    }

    private func room(like input: Tensor) throws -> [Tensor] {
        try withTorchErrors {
            (0..<worldSize).map { _ in Tensor.empty(input.shape, dtype: input.dtype, device: input.device) }
        }
    }

    private func check(
        _ tensors: [Tensor], _ context: FailureContext, op: ReduceOp? = nil, root: Int? = nil,
        needsContiguous: Bool = true
    ) throws {
        try checkTorchErrors()
        if let root, !(0..<worldSize).contains(root) {
            throw context.failure(.invalidArgument, "there is no rank \(root)")
        }
        for tensor in tensors {
            guard tensor.isDefined else { throw context.failure(.invalidArgument, "the tensor is not defined") }
            guard !tensor.isSparse else { throw context.failure(.unsupported, "sparse tensors can't be exchanged") }
            guard !needsContiguous || tensor.isContiguous else {
                throw context.failure(.invalidArgument, "the tensor of shape \(tensor.shape) must be contiguous")
            }
            guard op != .average || tensor.dtype.isFloatingPoint else {
                throw context.failure(.unsupported, "integers (\(tensor.dtype)) have no average; take the sum")
            }
            guard tensor.dtype == tensors[0].dtype else {
                throw context.failure(
                    .invalidArgument, "tensors of types \(tensors[0].dtype) and \(tensor.dtype) don't go together")
            }
        }
    }

    private func checkSizes(whole: Tensor, part: Tensor, _ context: FailureContext) throws {
        guard whole.numel == part.numel * worldSize else {
            throw context.failure(
                .mismatch,
                "\(worldSize) parts of \(part.numel) elements are \(part.numel * worldSize), but the whole tensor has "
                    + "\(whole.numel)")
        }
    }
}
