public import OrderedJSON

/// What ranks share out among them, so that a model or its optimizer may be larger than one rank's memory: Python's `fsdp`.
///
/// One of Python's words, `shard_grad_op` or `full_shard`, and `offload` beside it; or `true`, where ``FSDPConfig`` says
/// the rest.
public struct FSDPOptions: Sendable, Hashable {
    /// How much of a model each rank keeps.
    public enum Sharding: String, Sendable, Hashable, CaseIterable {
        /// All parameters, but gradients and the optimizer's state for its share of them alone (ZeRO-2).
        case shardGradOp = "shard_grad_op"
        /// Its share of everything; the parameters of a layer are brought together while it runs (ZeRO-3).
        case fullShard = "full_shard"
    }

    /// Nil: what ``FSDPConfig`` says, by default `fullShard`.
    public var sharding: Sharding?
    /// Whether each rank's share of the optimizer's state, and with `fullShard` of the parameters, stays in the CPU's
    /// memory where the ranks compute on GPUs. Default: false.
    public var offload: Bool
    /// Words of Python's that are not supported, as they were given.
    private var refused: [String] = []

    public init(_ sharding: Sharding? = nil, offload: Bool = false) {
        self.sharding = sharding
        self.offload = offload
    }

    /// What is wrong with what was given; nil: nothing.
    var problem: String? {
        guard let word = refused.first else { return nil }
        let reasons = [
            "hybrid_shard": "copies on several machines are not kept apart; use full_shard",
            "hybrid_shard_zero2": "copies on several machines are not kept apart; use shard_grad_op",
            "no_shard": "ranks average their gradients without fsdp; leave it out",
            "auto_wrap": "the layers of the model are the units already; leave it out",
        ]
        return "fsdp: \(word) is not supported: \(reasons[word] ?? "there is shard_grad_op, full_shard and offload")"
    }
}

extension FSDPOptions: ArgumentValue {
    /// `true`, a text of words, or a list of them.
    public init?(argument json: JSONValue) {
        self.init()
        let words: [String]
        switch json {
        case .bool(true): words = []
        case .string(let text) where text.lowercased() == "true": words = []
        case .string(let text): words = text.split { $0 == " " || $0 == "," }.map(String.init)
        case .array(let values):
            words = values.compactMap { $0.stringValue }
            guard words.count == values.count else { return nil }
        default: return nil
        }
        for word in words {
            if let sharding = Sharding(rawValue: word) {
                if self.sharding != nil { refused.append(words.joined(separator: " ")) }
                self.sharding = sharding
            } else if word == "offload" {
                offload = true
            } else {
                refused.append(word)
            }
        }
    }

    public var argumentJSON: JSONValue {
        let words = [sharding?.rawValue, offload ? "offload" : nil].compactMap { $0 } + refused
        return words.isEmpty ? true : .string(words.joined(separator: " "))
    }

    public static var placeholder: String { "{shard_grad_op,full_shard}" }
    public static func meansNothing(_ word: String) -> Bool {
        ["none", "null", "false", ""].contains(word.lowercased())
    }
}
