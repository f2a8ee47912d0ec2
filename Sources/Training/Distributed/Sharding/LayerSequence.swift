/// The layers whose parameters come and go, in the order in which a forward pass runs them.
///
/// Exchanges are collective: every rank has to make the same ones in the same order. So a rank makes those of layers that
/// it leaves out as well, of a whole pass where it has no row or no label that counts.
final class LayerSequence {
    private let units: [ShardedUnit]
    /// How many have run.
    private var forward = 0
    /// How many the backward pass has gone through.
    private var backward = 0

    init(_ units: [ShardedUnit]) { self.units = units }

    /// Before a forward pass.
    func begin() {
        forward = 0
        backward = 0
    }

    /// After a forward pass, or a backward pass with `hasBackward`: makes what exchanges are left.
    func end(hasBackward: Bool) throws {
        while forward < units.count { try passOver() }
        while hasBackward, backward < units.count { try goBackOver() }
    }

    fileprivate func arrive(_ unit: ShardedUnit) throws {
        guard units[forward...].contains(where: { $0 === unit }) else { throw Self.disorder }
        while units[forward] !== unit { try passOver() }
        forward += 1
        try unit.gather()
    }

    fileprivate func comeBack(_ unit: ShardedUnit) throws {
        guard units.dropLast(backward).contains(where: { $0 === unit }) else { throw Self.disorder }
        while units[units.count - 1 - backward] !== unit { try goBackOver() }
        try unit.gather()
    }

    fileprivate func leaveAfterBackward(_ unit: ShardedUnit) throws {
        backward += 1
        try unit.reduceGradients()
        unit.release()
    }

    private func passOver() throws {
        let unit = units[forward]
        forward += 1
        try unit.gather()
        unit.release()
    }

    private func goBackOver() throws {
        let unit = units[units.count - 1 - backward]
        try unit.gather()
        try leaveAfterBackward(unit)
    }

    private static var disorder: TrainingError {
        .argument(
            "fsdp full_shard: the model does not run its checkpointedLayers once for a batch in their order, or the trainer "
                + "runs the model twice for a batch; use shard_grad_op")
    }
}

/// A layer's place in the sequence.
final class LayerResidence: ParameterResidence {
    private let sequence: LayerSequence
    private let unit: ShardedUnit

    init(_ unit: ShardedUnit, in sequence: LayerSequence) {
        self.unit = unit
        self.sequence = sequence
    }

    func arrive(isComputedAgain: Bool) throws {
        try isComputedAgain ? sequence.comeBack(unit) : sequence.arrive(unit)
    }

    func leave() { unit.release() }

    func leaveAfterBackward() throws { try sequence.leaveAfterBackward(unit) }
}
