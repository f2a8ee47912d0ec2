internal import Foundation
public import OrderedJSON

/// Settings of `fsdp` by Python's names: an object, or the path of a JSON file with one. Names may begin with `fsdp_`.
///
/// Where it says something else than the words of ``FSDPOptions``, it counts, as in Python.
public struct FSDPConfig: Sendable, Hashable {
    /// True: `full_shard`; false: `shard_grad_op`. Default: nil, what `fsdp` says.
    public var reshardAfterForward: Bool?
    /// Whether shares stay in the CPU's memory. Default: nil, what `fsdp` says.
    public var cpuOffload: Bool?
    /// Whether layers are computed again in the backward pass, as with `activationCheckpointing`; with `full_shard` they
    /// always are. Default: nil.
    public var activationCheckpointing: Bool?
    /// What cannot be used, for `TrainingArguments.validate()`.
    private(set) var problems: [String] = []

    public init(
        reshardAfterForward: Bool? = nil, cpuOffload: Bool? = nil, activationCheckpointing: Bool? = nil
    ) {
        self.reshardAfterForward = reshardAfterForward
        self.cpuOffload = cpuOffload
        self.activationCheckpointing = activationCheckpointing
    }

    private static let names = ["reshard_after_forward", "cpu_offload", "activation_checkpointing", "version"]
    /// What Python's arguments say where nothing was asked for.
    private static let standards: [String: JSONValue] = [
        "version": 2, "min_num_params": 0, "xla": false, "xla_fsdp_v2": false, "xla_fsdp_grad_ckpt": false,
        "state_dict_type": "FULL_STATE_DICT", "transformer_layer_cls_to_wrap": nil,
    ]

    private init(_ object: JSONObject) {
        for (name, value) in object.members { set(name.hasPrefix("fsdp_") ? String(name.dropFirst(5)) : name, value) }
    }

    private mutating func set(_ name: String, _ value: JSONValue) {
        if Self.standards[name] == value { return }
        switch name {
        case "reshard_after_forward", "cpu_offload", "activation_checkpointing":
            guard let flag = Bool(argument: value) else {
                problems.append("\(name) must be true or false, not \(value.serialized())")
                return
            }
            switch name {
            case "reshard_after_forward": reshardAfterForward = flag
            case "cpu_offload": cpuOffload = flag
            default: activationCheckpointing = flag
            }
        case _ where Self.standards[name] != nil:
            problems.append("\(name)=\(value.serialized()) is not supported")
        default:
            let near = NearestNames.of(name, among: Self.names).first.map { "; did you mean \($0)?" }
            problems.append("\(name) is not supported" + (near ?? "; there is \(Self.names.joined(separator: ", "))"))
        }
    }
}

extension FSDPConfig: ArgumentValue {
    public init?(argument json: JSONValue) {
        switch json {
        case .object(let object): self.init(object)
        case .string(let text):
            let parsed =
                text.hasPrefix("{")
                ? try? JSONValue(parsing: text)
                : FileManager.default.contents(atPath: text).flatMap { try? JSONValue(parsing: $0, source: text) }
            guard let object = parsed?.objectValue else { return nil }
            self.init(object)
        default: return nil
        }
    }

    public var argumentJSON: JSONValue {
        var object = JSONObject()
        if let reshardAfterForward { object["reshard_after_forward"] = .bool(reshardAfterForward) }
        if let cpuOffload { object["cpu_offload"] = .bool(cpuOffload) }
        if let activationCheckpointing { object["activation_checkpointing"] = .bool(activationCheckpointing) }
        return .object(object)
    }

    public static var placeholder: String { "JSON" }
}

extension TrainingArguments {
    /// What ranks share out; nil: nothing.
    var sharding: (kind: FSDPOptions.Sharding, offload: Bool)? {
        guard let fsdp else { return nil }
        let asked = fsdpConfig?.reshardAfterForward.map { $0 ? FSDPOptions.Sharding.fullShard : .shardGradOp }
        return (asked ?? fsdp.sharding ?? .fullShard, fsdpConfig?.cpuOffload ?? fsdp.offload)
    }

    /// Whether layers are computed again in the backward pass.
    var computesLayersAgain: Bool {
        activationCheckpointing || sharding?.kind == .fullShard
            || sharding != nil && fsdpConfig?.activationCheckpointing == true
    }

    var shardingProblems: [String] {
        var problems = (fsdpConfig?.problems ?? []).map { "fsdp_config: \($0)" }
        guard let sharding else {
            if fsdpConfig != nil { problems.append("fsdp_config needs fsdp") }
            return problems
        }
        if let problem = fsdp?.problem { problems.append(problem) }
        if ddpCommHook != .no { problems.append("ddp_comm_hook is not supported with fsdp") }
        if sharding.kind == .fullShard {
            if fsdpConfig?.activationCheckpointing == false {
                problems.append(
                    "fsdp_config: with full_shard layers are always computed again; leave out activation_checkpointing")
            }
            if let every = activationCheckpointingKwargs?.everyNLayers, every != 1 {
                problems.append("every_n_layers must be 1 with fsdp full_shard, which computes every layer again")
            }
        }
        if fullEvalDType != nil {
            problems.append("bf16_full_eval and fp16_full_eval are not supported with fsdp; use bf16 or fp16")
        }
        if sharding.offload, fp16, !useCpu {
            problems.append("fsdp offload is not supported with fp16, whose scaler stays on the GPU; use bf16")
        }
        return problems
    }
}
