internal import OrderedJSON

/// The tokens with a role, under the names that Python gives the roles.
public struct SpecialTokens: Sendable, Equatable {
    public var bosToken: String?
    public var eosToken: String?
    public var unkToken: String?
    public var sepToken: String?
    public var padToken: String?
    public var clsToken: String?
    public var maskToken: String?

    public init(
        bosToken: String? = nil, eosToken: String? = nil, unkToken: String? = nil, sepToken: String? = nil,
        padToken: String? = nil, clsToken: String? = nil, maskToken: String? = nil
    ) {
        self.bosToken = bosToken
        self.eosToken = eosToken
        self.unkToken = unkToken
        self.sepToken = sepToken
        self.padToken = padToken
        self.clsToken = clsToken
        self.maskToken = maskToken
    }

    static let bert = SpecialTokens(
        unkToken: "[UNK]", sepToken: "[SEP]", padToken: "[PAD]", clsToken: "[CLS]", maskToken: "[MASK]")

    static let roles: [(key: String, path: any WritableKeyPath<SpecialTokens, String?> & Sendable)] = [
        ("bos_token", \.bosToken), ("eos_token", \.eosToken), ("unk_token", \.unkToken), ("sep_token", \.sepToken),
        ("pad_token", \.padToken), ("cls_token", \.clsToken), ("mask_token", \.maskToken),
    ]

    /// The tokens that are set, in the order of the roles.
    public var all: [String] { Self.roles.compactMap { self[keyPath: $0.path] } }

    /// Sets the roles that `node` names and this lacks; a token is a string, or an object with its `content`.
    mutating func fill(from node: PipelineNode?) throws(TokenizerError) {
        guard let node else { return }
        for (key, path) in Self.roles where self[keyPath: path] == nil {
            guard let member = try node.member(key) else { continue }
            self[keyPath: path] = try member.tokenContent()
        }
    }

    /// `{"cls_token": "[CLS]", …}`.
    var json: JSONObject {
        var object = JSONObject()
        for (key, path) in Self.roles {
            if let token = self[keyPath: path] { object[key] = .string(token) }
        }
        return object
    }
}
