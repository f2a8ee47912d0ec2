import Foundation
import LocalFiles

/// What a rank that saves has of tensors that are shared out.
struct WholeTensors {
    /// By the model's parameter, or by the tensor that stands for a whole one in `optimizer`.
    fileprivate(set) var tensors: [ObjectIdentifier: SerializedTensor] = [:]
    /// The optimizer's state in Python's numbering, with a tensor that stands for each whole one; nil where it was not
    /// asked for.
    fileprivate(set) var optimizer: OptimizerStateDict?
    /// Why there are none.
    fileprivate(set) var failure: FileFailure?

    /// The elements of a tensor: those that were brought together, or its own.
    func serialized(_ tensor: Tensor, _ mode: SnapshotMode) throws -> SerializedTensor {
        if let failure { throw failure }
        return try tensors[ObjectIdentifier(tensor)] ?? mode.serialized(tensor)
    }
}

extension ShardedModel {
    /// Elements that go from one rank to the others at once.
    private static let chunk = 1 << 22

    /// Brings together what is saved, tensor by tensor, on the ranks that save; they put it on the disk, and no rank needs
    /// memory for more than a part of a tensor. Collective.
    ///
    /// - Parameters:
    ///   - weights: Those of the model that are saved.
    ///   - isSaved: Whether this rank saves.
    ///   - folder: Where it has room on the disk.
    ///   - withOptimizer: Whether the optimizer's state is wanted.
    func wholeTensors(of weights: [Tensor], isSaved: Bool, folder: URL, withOptimizer: Bool) throws -> WholeTensors {
        var result = WholeTensors()
        guard kind == .fullShard || withOptimizer else { return result }
        var spool: TensorSpool?
        if isSaved {
            do { spool = try TensorSpool(folder: folder) } catch let failure as FileFailure { result.failure = failure }
        }
        var owners: [ObjectIdentifier] = []
        func bring(_ slice: Tensor, _ flat: FlatParameter, _ member: FlatParameter.Member, for tensor: Tensor) throws {
            _ = spool?.begin(dtype: slice.dtype, shape: member.parameter.shape)
            owners.append(ObjectIdentifier(tensor))
            try flat.stream(slice, of: member, chunk: Self.chunk) { try spool?.append($0) }
        }
        if kind == .fullShard {
            for weight in weights {
                guard let (flat, member) = place(of: weight) else { continue }
                try bring(flat.slice, flat, member, for: weight)
            }
        }
        if withOptimizer { result.optimizer = try optimizerState(bring) }
        guard let spool else { return result }
        do {
            result.tensors = Dictionary(zip(owners, try spool.finish()), uniquingKeysWith: { first, _ in first })
        } catch let failure as FileFailure {
            result.failure = failure
        }
        return result
    }

    /// - Parameter bring: Brings together the tensor that the last argument stands for.
    private func optimizerState(
        _ bring: (Tensor, FlatParameter, FlatParameter.Member, Tensor) throws -> Void
    ) throws -> OptimizerStateDict {
        var numbers: [ObjectIdentifier: Int] = [:]
        for parameter in originalGroups.flatMap({ $0 }) { numbers[ObjectIdentifier(parameter)] = numbers.count }
        var result = OptimizerStateDict(state: [:], groups: [])
        result.integerStates = optimizer.integerStates
        var index = 0
        for (flat, _) in trained {
            let state = optimizer.state(of: flat.slice)
            for member in flat.members {
                defer { index += 1 }
                guard let state, history.isUsed(index), let number = numbers[ObjectIdentifier(member.parameter)]
                else { continue }
                result.state[number] = try state.map { name, tensor in
                    guard tensor.shape == flat.slice.shape else { return (name, tensor) }
                    let standIn = Tensor.empty([0], dtype: tensor.dtype)
                    try bring(tensor, flat, member, standIn)
                    return (name, standIn)
                }
            }
        }
        var first = 0
        for (group, parameters) in zip(optimizer.groups, originalGroups) {
            result.groups.append((optimizer.options(of: group), Array(first..<first + parameters.count)))
            first += parameters.count
        }
        return result
    }
}

extension FlatParameter {
    /// Gives every rank the elements of one parameter in order, in parts. Collective.
    ///
    /// - Parameter values: A slice: that of the parameters themselves, or of a state.
    func stream(_ values: Tensor, of member: Member, chunk: Int, _ body: (Tensor) throws -> Void) throws {
        for owner in 0..<ranks {
            guard let part = part(of: member, rank: owner) else { continue }
            for start in stride(from: 0, to: part.count, by: chunk) {
                let count = min(chunk, part.count - start)
                let piece = noGrad {
                    owner == rank
                        ? values.narrow(dim: 0, start: part.inSlice + start, length: count)
                        : Tensor.empty([count], dtype: values.dtype, device: values.device)
                }
                try checkTorchErrors()
                try group.broadcast(piece, from: owner)
                try body(piece)
            }
        }
    }
}
