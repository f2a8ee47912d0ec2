internal import CTorch

/// Averages gradients over the ranks of a group, while the backward pass still computes others (PyTorch's
/// `DistributedDataParallel`, without a wrapper around the model).
///
/// At the start all ranks take over rank 0's parameters and buffers. Then, for each part of a step:
///
/// ```swift
/// let parallel = try DistributedDataParallel(parameters: model.namedParameters(), group: group)
/// parallel.isSynchronizing = isLastOfStep  // gradients add up on each rank until the last one
/// try parallel.prepareForForward()
/// let loss = model(batch)
/// try parallel.prepareForBackward(outputs: [loss])
/// loss.backward()
/// ```
///
/// After the backward pass of a synchronizing part all ranks hold the same gradients: the sum of theirs divided by the
/// number of ranks. A loss summed over tokens is therefore to be multiplied by the number of ranks and divided by the
/// tokens of all of them. A failure in the backward pass comes as a ``TorchError``; `DistributedError(_:)` tells
/// whether it was one between ranks.
///
/// An object belongs to one thread, as its group and its tensors do.
public final class DistributedDataParallel {
    /// How gradients travel.
    public enum Compression: Int32, Sendable, Hashable {
        /// As they are.
        case none = 0
        /// In half precision.
        case float16 = 1
        /// In bfloat16.
        case bfloat16 = 2
    }

    /// PyTorch's arguments with its defaults.
    public struct Options: Sendable, Hashable {
        /// Gradients of about so many MiB go into one message. Default 25.
        public var bucketCapMB = 25
        /// So many MiB go into the first message, which should start early. Default 1.
        public var firstBucketCapMB = 1
        /// Looks in each step for parameters that have no part in the loss. Default false: all must have one.
        public var findUnusedParameters = false
        /// Gradients are views of the messages, which saves their memory once more. Default false.
        public var gradientAsBucketView = false
        /// Every step uses the same parameters in the same way. Default false.
        public var staticGraph = false
        /// Every rank takes over rank 0's buffers before each synchronizing forward pass. Default true.
        public var broadcastBuffers = true
        /// Default ``Compression/none``.
        public var compression = Compression.none

        public init() {}
    }

    private var reducer: ct_reducer?
    public let group: ProcessGroup
    public let options: Options
    let parameters: [Tensor]
    let buffers: [Tensor]
    private let trained: [(name: String, tensor: Tensor)]
    private let sparseParameters: Set<String>

    /// Whether the coming backward pass averages gradients; false for all but the last part of a step that has several
    /// (PyTorch's `no_sync`). Default true.
    public var isSynchronizing = true
    private var takesOverBuffers = true
    var join: JoinMode?

    /// Checks that all ranks have the same parameters, and gives them rank 0's values.
    ///
    /// - Parameters:
    ///   - parameters: Those with gradients, in the same order on all ranks; others are only given rank 0's values.
    ///   - buffers: Tensors that are no parameters, such as running means.
    ///   - group: The ranks.
    ///   - sparseParameters: Names of the parameters whose gradients are sparse.
    ///   - averagedElsewhere: Names of the parameters whose gradients are left alone here.
    ///   - options: How.
    /// - Throws: ``DistributedError``: `mismatch` naming the first parameter that differs, and the errors of collectives.
    public init(
        parameters: [(name: String, tensor: Tensor)], buffers: [(name: String, tensor: Tensor)] = [],
        group: ProcessGroup, sparseParameters: Set<String> = [], averagedElsewhere: Set<String> = [],
        options: Options = Options()
    ) throws {
        let trained = parameters.filter { $0.tensor.requiresGrad && !averagedElsewhere.contains($0.name) }
        try Self.check(trained.map { $0.name }, sparseParameters, options, group)
        try Self.agree(
            parameters, buffers, [(sparseParameters, "sparse"), (averagedElsewhere, "averaged elsewhere")], options,
            group)
        try group.broadcast(parameters.map { $0.tensor } + buffers.map { $0.tensor }, from: 0)

        self.group = group
        self.options = options
        self.trained = trained
        self.sparseParameters = sparseParameters
        self.parameters = parameters.map { $0.tensor }
        self.buffers = buffers.map { $0.tensor }
        // A static graph is learned in the first backward pass that the reducer sees, which must synchronize.
        if !options.staticGraph { try makeReducer() }
    }

    private func makeReducer() throws {
        let names = trained.map { $0.name }
        let handles = trained.map { $0.tensor.handle }
        let expectsSparse = names.map { sparseParameters.contains($0) }
        let status = try withCStrings(names) {
            try ct_reducer_create(group.handle, handles, $0, expectsSparse, handles.count, options.c, &reducer)
        }
        try context.check(status)
    }

    deinit { if let reducer { ct_reducer_free(reducer) } }

    /// How many messages the gradients go into; 0 for a static graph before its first synchronizing forward pass.
    public var bucketCount: Int { reducer.map { ct_reducer_bucket_count($0) } ?? 0 }

    /// Must be called before each forward pass in training.
    ///
    /// - Throws: ``DistributedError``: `mismatch` naming the parameters that had no part in the last loss, where
    ///   ``Options/findUnusedParameters`` is off; and the errors of collectives.
    public func prepareForForward() throws {
        try checkTorchErrors()
        guard isGradEnabled else { return }
        if isSynchronizing {
            if reducer == nil { try makeReducer() }
            try callReducer { ct_reducer_prepare_for_forward($0) }
        }
        if let join { try announce(join) }
        try rebuildBuckets()
        try takeOverBuffers()
        if join != nil { _ = try agreeOnSynchronizing(isSynchronizing) }
    }

    /// Must be called after each forward pass in training, before the backward pass.
    ///
    /// - Parameter outputs: The loss, or whatever the backward pass starts from. Needed for
    ///   ``Options/findUnusedParameters`` and ``Options/staticGraph``.
    /// - Throws: ``DistributedError``, as ``prepareForForward()``.
    public func prepareForBackward(outputs: [Tensor] = []) throws {
        try checkTorchErrors()
        guard isGradEnabled else { return }
        guard isSynchronizing else { return }
        takesOverBuffers = true
        if options.findUnusedParameters || options.staticGraph, outputs.isEmpty {
            throw context.failure(
                .invalidArgument,
                "findUnusedParameters and staticGraph need the loss: prepareForBackward(outputs: [loss])")
        }
        let handles = outputs.map { $0.handle }
        guard reducer != nil else {
            throw context.failure(.invalidArgument, "prepareForForward() was not called before this forward pass")
        }
        try callReducer { ct_reducer_prepare_for_backward($0, handles, handles.count) }
    }

    /// Runs `body` with ``isSynchronizing`` off.
    public func noSync<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = isSynchronizing
        isSynchronizing = false
        defer { isSynchronizing = before }
        return try body()
    }

    /// Sees that the last backward pass has averaged every gradient.
    ///
    /// - Throws: ``DistributedError``: `mismatch` naming the parameters that had no part in the loss, where
    ///   ``Options/findUnusedParameters`` is off.
    public func checkReduced() throws { try rebuildBuckets() }

    // MARK: Shared with joining

    func takeOverBuffers() throws {
        guard options.broadcastBuffers, takesOverBuffers, !buffers.isEmpty else { return }
        let source = join == nil ? 0 : try commonRank(isCandidate: join?.hasInputs == true)
        try group.broadcast(buffers, from: source)
        // Once a step, whatever backward passes a rank leaves out.
        takesOverBuffers = false
    }

    /// What follows from all ranks' wish in the step that has begun.
    func setTakesOverBuffers(_ value: Bool) { takesOverBuffers = value }

    var context: FailureContext { group.context("DistributedDataParallel") }

    func rebuildBuckets() throws {
        var hasRebuilt = false
        try callReducer { ct_reducer_rebuild_buckets($0, &hasRebuilt) }
    }

    /// Does nothing where there is no reducer yet.
    func callReducer(_ body: (ct_reducer) -> ct_distributed_status) throws {
        guard let reducer, let (kind, text) = DistributedError.last(body(reducer)) else { return }
        if text.hasPrefix("Parameter indices which did not receive grad") {
            throw context.failure(.mismatch, unused(in: text))
        }
        throw context.failure(kind, text + kind.advice)
    }

    private func unused(in text: String) -> String {
        let numbers = text[(text.lastIndex(of: ":") ?? text.startIndex)...].matches(of: /\d+/).compactMap { Int($0.0) }
        let known = numbers.filter { trained.indices.contains($0) }.map { trained[$0].name }
        let list = known.prefix(4).joined(separator: ", ") + (known.count > 4 ? " and \(known.count - 4) more" : "")
        return "the last loss did not depend on \(list); set findUnusedParameters, or leave them out"
    }
}

extension DistributedDataParallel.Options {
    fileprivate var c: ct_reducer_options {
        ct_reducer_options(
            bucket_bytes: Int64(bucketCapMB) << 20, first_bucket_bytes: Int64(firstBucketCapMB) << 20,
            find_unused_parameters: findUnusedParameters, gradient_as_bucket_view: gradientAsBucketView,
            static_graph: staticGraph, compression: compression.rawValue)
    }
}
