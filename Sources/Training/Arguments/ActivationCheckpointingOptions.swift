public import OrderedJSON

/// How layers are computed again in the backward pass: Python's `activation_checkpointing_kwargs`.
public struct ActivationCheckpointingOptions: Sendable, Hashable {
    /// 1: every layer is computed again; 2: every second one, and so on. Default: 1.
    public var everyNLayers = 1
    /// Whether random numbers drawn in a layer are the same again; without, dropout gives wrong gradients. Default: true.
    public var preserveRngState = true
    /// Options of Python's that are not supported, as they were given.
    private var refused: [String] = []

    public init() {}

    var problem: String? {
        if !refused.isEmpty { return "\(refused.joined(separator: ", ")) is not supported" }
        return everyNLayers >= 1 ? nil : "every_n_layers must be at least 1"
    }
}

extension ActivationCheckpointingOptions: ArgumentValue {
    /// An object, or one as JSON text, with Python's names.
    public init?(argument json: JSONValue) {
        let parsed = json.stringValue.flatMap { try? JSONValue(parsing: $0) } ?? json
        guard let object = parsed.objectValue else { return nil }
        for (name, value) in object.members {
            switch name {
            case "every_n_layers":
                guard let number = Int(argument: value) else { return nil }
                everyNLayers = number
            case "preserve_rng_state":
                guard let flag = Bool(argument: value) else { return nil }
                preserveRngState = flag
            // What happens here is PyTorch's way without reentrance: gradients of everything that is used.
            case "use_reentrant" where value == false: continue
            case "offload" where value == false: continue
            default: refused.append("\(name)=\(value.serialized())")
            }
        }
    }

    public var argumentJSON: JSONValue {
        var object = JSONObject()
        object["every_n_layers"] = .int(everyNLayers)
        object["preserve_rng_state"] = .bool(preserveRngState)
        return .object(object)
    }

    public static var placeholder: String { "JSON" }
}
