/// Which parameters go together into flat tensors.
struct ShardingPlan {
    typealias Named = (name: String, parameter: Tensor)

    /// Parameters of one type and one of the optimizer's groups, in the model's order.
    struct Piece {
        var members: [Named]
        /// The optimizer's group; nil: not trained.
        let group: Int?
    }

    /// The layers in the order in which they run, each once for every run; empty with `shard_grad_op`.
    let layers: [Module]
    /// The pieces of each layer, by the layer.
    private(set) var pieces: [ObjectIdentifier: [Piece]] = [:]
    /// The pieces outside layers.
    let rest: [Piece]

    /// - Throws: ``TrainingError/argument(_:)`` where the optimizer does not have the model's trained parameters.
    init(_ trainer: Trainer, _ optimizer: Optimizer, _ kind: FSDPOptions.Sharding) throws {
        let named = trainer.model.namedParameters()
        let groups = try Self.groups(optimizer, named)
        let limit = (trainer.arguments.ddpBucketCapMb ?? 25) << 20
        guard kind == .fullShard else {
            layers = []
            rest = Self.pieces(named.filter { $0.parameter.requiresGrad }, groups, limit)
            return
        }
        guard let layered = trainer.model as? any ActivationCheckpointingModel, !layered.checkpointedLayers.isEmpty
        else {
            throw TrainingError.argument(
                "fsdp full_shard: \(type(of: trainer.model)) does not say its layers; it has to conform to "
                    + "ActivationCheckpointingModel and give checkpointedLayers, or use shard_grad_op")
        }
        layers = layered.checkpointedLayers
        var owners: [ObjectIdentifier: Set<ObjectIdentifier>] = [:]
        for layer in layers {
            for parameter in layer.parameters() {
                owners[ObjectIdentifier(parameter), default: []].insert(ObjectIdentifier(layer))
            }
        }
        // What layers share stays outside them.
        func owner(_ parameter: Tensor) -> ObjectIdentifier? {
            owners[ObjectIdentifier(parameter)].flatMap { $0.count == 1 ? $0.first : nil }
        }
        for layer in layers {
            let id = ObjectIdentifier(layer)
            pieces[id] = Self.pieces(named.filter { owner($0.parameter) == id }, groups, limit)
        }
        rest = Self.pieces(named.filter { owner($0.parameter) == nil }, groups, limit)
    }

    /// The optimizer's group of each trained parameter.
    private static func groups(_ optimizer: Optimizer, _ named: [Named]) throws -> [ObjectIdentifier: Int] {
        var groups: [ObjectIdentifier: Int] = [:]
        for (index, group) in optimizer.groups.enumerated() {
            for parameter in group.parameters { groups[ObjectIdentifier(parameter)] = index }
        }
        let known = Set(named.map { ObjectIdentifier($0.parameter) })
        guard groups.keys.allSatisfy(known.contains) else {
            throw TrainingError.argument("fsdp: the optimizer has parameters that are not the model's")
        }
        for (name, parameter) in named where parameter.requiresGrad != (groups[ObjectIdentifier(parameter)] != nil) {
            throw TrainingError.argument(
                parameter.requiresGrad
                    ? "fsdp: the optimizer does not have the parameter \(name); give it to the optimizer or freeze it"
                    : "fsdp: the optimizer has the parameter \(name), which requires no gradients; leave it out")
        }
        return groups
    }

    /// Neighbours of one group and type, up to so many bytes.
    private static func pieces(_ named: [Named], _ groups: [ObjectIdentifier: Int], _ limit: Int) -> [Piece] {
        struct Key: Hashable {
            let group: Int?
            let dtype: DType
            let device: Device
        }
        var order: [Key] = []
        var all: [Key: [Piece]] = [:]
        var sizes: [Key: Int] = [:]
        for (name, parameter) in named {
            let key = Key(
                group: groups[ObjectIdentifier(parameter)], dtype: parameter.dtype, device: parameter.device)
            let bytes = parameter.numel * parameter.dtype.itemSize
            if all[key] == nil { order.append(key) }
            if let size = sizes[key], size + bytes <= limit, let last = all[key]?.indices.last {
                all[key]?[last].members.append((name, parameter))
                sizes[key] = size + bytes
            } else {
                all[key, default: []].append(Piece(members: [(name, parameter)], group: key.group))
                sizes[key] = bytes
            }
        }
        return order.flatMap { all[$0] ?? [] }
    }
}
