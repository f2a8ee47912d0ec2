extension ShardedModel {
    /// Takes an optimizer's state in Python's layout, of whole parameters: each rank its own part alone.
    ///
    /// - Parameters:
    ///   - value: What `optimizer.pt` holds, of any number of ranks.
    ///   - file: For messages.
    /// - Throws: ``TrainingError/checkpoint(_:)``, `OptimizerStateError` where it does not fit.
    func loadOptimizer(_ value: PickleValue, file: String) throws {
        let parameters = originalGroups.flatMap { $0 }
        // Each tensor's own part, before the rest of it is read.
        let saved = try OptimizerFile.stateDict(value, file: file) { id, name, tensor in
            guard name != "step", parameters.indices.contains(id), let (flat, member) = place(of: parameters[id]),
                tensor.shape == parameters[id].shape
            else { return Tensor(copying: tensor) }
            return try Self.part(of: tensor, flat.part(of: member))
        }
        guard saved.groups.map({ $0.parameters.count }) == originalGroups.map({ $0.count }) else {
            throw TrainingError.checkpoint(
                "\(file) does not fit the optimizer: its groups have \(saved.groups.map { $0.parameters.count }) "
                    + "parameters, the optimizer's \(originalGroups.map { $0.count })")
        }
        var ids: [ObjectIdentifier: Int] = [:]
        for (id, parameter) in zip(saved.groups.flatMap { $0.parameters }, parameters) {
            ids[ObjectIdentifier(parameter)] = id
        }
        var sliced = OptimizerStateDict(state: [:], groups: [])
        for (index, (flat, _)) in trained.enumerated() {
            sliced.state[index] = try state(of: flat, saved, ids, file)
        }
        for index in optimizer.groups.indices {
            sliced.groups.append((saved.groups[index].options, trained.indices.filter { trained[$0].group == index }))
        }
        try optimizer.loadStateDict(sliced)
        history.restore(
            isUsed: flats.flatMap { flat in
                flat.members.map { member in ids[ObjectIdentifier(member.parameter)].flatMap { saved.state[$0] } != nil
                }
            })
    }

    /// The state of a slice, from its parameters' parts; nil where none of them has one.
    private func state(
        of flat: FlatParameter, _ saved: OptimizerStateDict, _ ids: [ObjectIdentifier: Int], _ file: String
    ) throws -> [(name: String, tensor: Tensor)]? {
        var result: [(name: String, tensor: Tensor)] = []
        for member in flat.members {
            guard let id = ids[ObjectIdentifier(member.parameter)], let state = saved.state[id] else { continue }
            for (name, tensor) in state {
                let known = result.first { $0.name == name }?.tensor
                let part = flat.part(of: member)
                if name == "step" {
                    guard known == nil || known?.item() == tensor.item() else {
                        throw TrainingError.checkpoint(
                            "\(file): the parameter \(member.name) has taken \(Int(tensor.item())) steps, others "
                                + "\(Int(known?.item() ?? 0)); an optimizer that is shared out needs equal numbers")
                    }
                    if known == nil { result.append((name, tensor)) }
                    continue
                }
                guard tensor.dim == 1, tensor.numel == part?.count ?? 0 else {
                    throw TrainingError.checkpoint(
                        "\(file) does not fit the model: \(name) of \(member.name) has shape \(tensor.shape), the "
                            + "parameter \(member.parameter.shape)")
                }
                let whole = known ?? noGrad { flat.slice.zerosLike() }
                if known == nil { result.append((name, whole)) }
                if let part {
                    noGrad { _ = whole.narrow(dim: 0, start: part.inSlice, length: part.count).copy_(tensor) }
                }
            }
        }
        return result.isEmpty ? nil : result
    }

    /// A rank's part of a tensor in a file, one-dimensional; empty where it has none.
    private static func part(
        of tensor: SerializedTensor, _ part: (inMember: Int, inSlice: Int, count: Int)?
    ) throws -> Tensor {
        guard let part else { return Tensor.empty([0], dtype: tensor.dtype) }
        guard tensor.isContiguous else {
            return noGrad {
                Tensor(copying: tensor).reshape([-1]).narrow(dim: 0, start: part.inMember, length: part.count)
            }
        }
        let view = SerializedTensor(
            dtype: tensor.dtype, shape: [part.count],
            byteOffset: tensor.byteOffset + part.inMember * tensor.dtype.itemSize, storage: tensor.storage)
        guard let view else {
            throw TrainingError.checkpoint("a tensor of the optimizer's state reaches outside its file")
        }
        return Tensor(copying: view)
    }
}
