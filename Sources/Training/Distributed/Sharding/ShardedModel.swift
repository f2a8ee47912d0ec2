/// A model that the ranks share out: the optimizer's groups have slices of flat tensors in place of the model's parameters.
final class ShardedModel {
    let kind: FSDPOptions.Sharding
    let ranks: Ranks
    let group: ProcessGroup
    let optimizer: Optimizer
    /// All of the model, or with `full_shard` what lies outside its layers.
    let root: ShardedUnit
    /// The layers; none with `shard_grad_op`.
    let layers: LayerSequence
    let units: [ShardedUnit]
    /// Flat tensors that are trained, in the order of the optimizer's slices, with the optimizer's group.
    let trained: [(flat: FlatParameter, group: Int)]
    /// The parameters of the optimizer's groups before.
    let originalGroups: [[Tensor]]
    private let places: [ObjectIdentifier: (flat: FlatParameter, member: Int)]
    var history: GradientHistory
    private var usersOfRoot = 0

    /// Shares the model out, layer by layer. Collective.
    ///
    /// At most memory holds what the model took before, and one flat tensor.
    ///
    /// - Throws: ``TrainingError/argument(_:)`` where the model or the optimizer cannot be shared out; `DistributedError`.
    init(_ trainer: Trainer, _ optimizer: Optimizer, _ group: ProcessGroup, _ kind: FSDPOptions.Sharding, offload: Bool)
        throws
    {
        try Self.checkOptimizer(optimizer)
        let plan = try ShardingPlan(trainer, optimizer, kind)
        try Self.checkRanks(trainer.model, trainer.ranks)
        TorchRuntime.returnFreedMemory()
        var trained: [(flat: FlatParameter, group: Int)] = []
        func unit(_ pieces: [ShardingPlan.Piece]) throws -> ShardedUnit {
            var own: Set<ObjectIdentifier> = []
            let flats = try pieces.map { piece in
                let flat = try FlatParameter(
                    piece.members, group, keepsWhole: kind == .shardGradOp, home: offload ? .cpu : trainer.device)
                try checkTorchErrors()
                if let index = piece.group {
                    trained.append((flat, index))
                    own.insert(ObjectIdentifier(flat))
                }
                return flat
            }
            return ShardedUnit(flats) { own.contains(ObjectIdentifier($0)) }
        }
        var byLayer: [ObjectIdentifier: ShardedUnit] = [:]
        var units: [ShardedUnit] = []
        let sequence = try plan.layers.map { layer in
            let id = ObjectIdentifier(layer)
            if let known = byLayer[id] { return known }
            let made = try unit(plan.pieces[id] ?? [])
            byLayer[id] = made
            units.append(made)
            return made
        }
        root = try unit(plan.rest)
        units.append(root)
        let layers = LayerSequence(sequence)
        for (layer, unit) in zip(plan.layers, sequence) { layer.residence = LayerResidence(unit, in: layers) }
        self.layers = layers
        self.units = units
        self.kind = kind
        ranks = trainer.ranks
        self.group = group
        self.optimizer = optimizer
        originalGroups = optimizer.groups.map { $0.parameters }
        // In the order of the groups, as the optimizer numbers them.
        let sorted = trained.enumerated().sorted { ($0.element.group, $0.offset) < ($1.element.group, $1.offset) }
            .map { $0.element }
        self.trained = sorted
        var places: [ObjectIdentifier: (flat: FlatParameter, member: Int)] = [:]
        for flat in units.flatMap({ $0.flats }) {
            for (index, member) in flat.members.enumerated() {
                places[ObjectIdentifier(member.parameter)] = (flat, index)
            }
        }
        self.places = places
        history = GradientHistory(count: trained.reduce(0) { $0 + $1.flat.members.count })
        for index in optimizer.groups.indices {
            optimizer.groups[index].parameters = sorted.filter { $0.group == index }.map { $0.flat.slice }
        }
    }

    /// Those whose step looks at each element by itself.
    private static func checkOptimizer(_ optimizer: Optimizer) throws {
        switch optimizer {
        case is AdamW, is Adam, is AdEMAMix, is Adagrad, is Lion, is RMSprop, is SGD: return
        default:
            throw TrainingError.argument(
                "fsdp: \(type(of: optimizer)) cannot be shared out: its step of an element may depend on others; use AdamW, "
                    + "Adam, AdEMAMix, Adagrad, Lion, RMSprop or SGD")
        }
    }

    /// Whether all ranks have the same parameters.
    private static func checkRanks(_ model: Module, _ ranks: Ranks) throws {
        let own = model.namedParameters().map { "\($0.name) \($0.parameter.shape) \($0.parameter.dtype)" }
        let first = try ranks.broadcast(own.joined(separator: "\n")).split(separator: "\n").map(String.init)
        let difference = own == first ? nil : zip(own, first).first { $0 != $1 } ?? (own.last ?? "", first.last ?? "")
        guard try ranks.any(difference != nil) else { return }
        throw TrainingError.argument(
            difference.map {
                "fsdp: this rank's model is not that of rank 0: \(own.count) parameters with \($0.0), there \(first.count) "
                    + "with \($0.1)"
            } ?? "fsdp: another rank's model is not that of rank 0")
    }

    /// Where a parameter of the model is; nil for other tensors.
    func place(of parameter: Tensor) -> (flat: FlatParameter, member: FlatParameter.Member)? {
        places[ObjectIdentifier(parameter)].map { ($0.flat, $0.flat.members[$0.member]) }
    }

    /// The optimizer's group that a parameter of the model is in.
    func groupIndex(of parameter: Tensor) -> Int? { originalGroups.firstIndex { $0.contains { $0 === parameter } } }

    // MARK: What is in memory

    /// Runs `body` with what lies outside layers in memory. Collective.
    func withRoot<Result>(_ body: () throws -> Result) throws -> Result {
        if usersOfRoot == 0 { try root.gather() }
        usersOfRoot += 1
        defer {
            usersOfRoot -= 1
            if usersOfRoot == 0 { root.release() }
        }
        return try body()
    }

    /// Runs `body` with the whole model in memory. Collective.
    func withAll<Result>(_ body: () throws -> Result) throws -> Result {
        try withRoot {
            let others = units.filter { $0 !== root }
            defer { for unit in others { unit.release() } }
            for unit in others { try unit.gather() }
            return try body()
        }
    }

    /// Copies values into the model's tensors, where they are whole or not.
    func assign(_ pairs: [(target: Tensor, source: Tensor)]) throws {
        try withTorchErrors {
            for (target, source) in pairs {
                if let (flat, member) = place(of: target) {
                    flat.assign(member, source)
                } else {
                    noGrad { _ = target.copy_(source) }
                }
            }
        }
    }

    // MARK: Steps

    var flats: [FlatParameter] { trained.map { $0.flat } }
    var slices: [Tensor] { trained.map { $0.flat.slice } }

    func beginStep() { for flat in flats { flat.beginStep() } }

    /// Notes which parameters had gradients in this step. Collective.
    ///
    /// - Parameter isFinite: Whether this rank's slices are; what is given back is whether all ranks' are.
    func agree(isFinite: Bool) throws -> Bool {
        let flags = flats.flatMap { $0.hadGradient }
        let all = try ranks.max(flags.map { $0 ? 1 : 0 } + [isFinite ? 0 : 1])
        let parameters = trained.flatMap { flat, group in
            flat.members.map { ($0.name, optimizer.groups[group].weightDecay) }
        }
        try history.add(all.dropLast().map { $0 > 0 }, optimizer) { parameters[$0] }
        return all.last == 0
    }
}
