/// The checks before the first step.
extension DistributedDataParallel {
    static func check(
        _ names: [String], _ sparse: Set<String>, _ options: Options, _ group: ProcessGroup
    ) throws {
        let context = group.context("DistributedDataParallel")
        guard !names.isEmpty else {
            throw context.failure(.invalidArgument, "no parameter requires gradients: there is nothing to train")
        }
        if let unknown = sparse.subtracting(names).min() {
            throw context.failure(.invalidArgument, "sparseParameters names \(unknown), which is no trained parameter")
        }
        guard (1...(1 << 20)).contains(options.bucketCapMB), (1...(1 << 20)).contains(options.firstBucketCapMB) else {
            throw context.failure(
                .invalidArgument,
                "buckets of \(options.firstBucketCapMB) and \(options.bucketCapMB) MiB are not possible")
        }
        guard sparse.isEmpty || options.compression == .none else {
            throw context.failure(.unsupported, "sparse gradients can't be compressed")
        }
    }

    /// Compares parameters, buffers and options with rank 0's; all ranks throw where one differs.
    static func agree(
        _ parameters: [(name: String, tensor: Tensor)], _ buffers: [(name: String, tensor: Tensor)],
        _ special: [(names: Set<String>, word: String)], _ options: Options, _ group: ProcessGroup
    ) throws {
        let own = ["\(options)"] + lines(parameters, special) + lines(buffers, [])
        let ownBytes = Array(own.joined(separator: "\n").utf8)
        let theirs = try String(decoding: group.broadcastBytes(ownBytes, from: 0), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let problem = difference(own, theirs).map { "rank \(group.rank) differs from rank 0: \($0)" } ?? ""
        let problems = try group.allGatherBytes(Array(problem.utf8))
        if let first = problems.first(where: { !$0.isEmpty }) {
            throw group.context("DistributedDataParallel").failure(.mismatch, String(decoding: first, as: UTF8.self))
        }
    }

    private static func lines(
        _ tensors: [(name: String, tensor: Tensor)], _ special: [(names: Set<String>, word: String)]
    ) -> [String] {
        tensors.map { name, tensor in
            // A name can't hold a line's end for this.
            "\(name.replacing("\n", with: " ")) is \(tensor.dtype) \(tensor.shape), strides \(tensor.strides)"
                + (tensor.requiresGrad ? "" : ", not trained")
                + special.filter { $0.names.contains(name) }.map { ", \($0.word)" }.joined()
        }
    }

    private static func difference(_ own: [String], _ theirs: [String]) -> String? {
        guard own.first == theirs.first else {
            return "\(own.first ?? ""), but on rank 0 \(theirs.first ?? "")"
        }
        for (mine, other) in zip(own, theirs) where mine != other { return "\(mine), but on rank 0 \(other)" }
        guard own.count != theirs.count else { return nil }
        let more = own.count > theirs.count
        let name = (more ? own : theirs)[min(own.count, theirs.count)]
        return
            "it has \(own.count - 1) parameters and buffers, rank 0 \(theirs.count - 1); \(more ? "only it" : "only rank 0")"
            + " has: \(name)"
    }
}
