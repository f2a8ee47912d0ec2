public import Training

/// A model that reads a text from its beginning, each token seeing those before it, without a head.
public protocol DecoderBackbone: Backbone {
    /// Python's name of this model with the head that predicts the next token: `LlamaForCausalLM`.
    static var causalLanguageModelName: String { get }
    /// The number of learned positions, beyond which nothing can be computed; nil: positions are computed.
    var learnedPositions: Int? { get }

    /// The hidden states of the new tokens, `[N, L, hidden]`.
    ///
    /// - Parameters:
    ///   - inputs: The new tokens.
    ///   - cache: What was seen before; takes up the new tokens. nil: nothing, and nothing is kept.
    /// - Throws: ``PretrainedModelError`` where shapes do not go together or a row is too long.
    func hiddenStates(_ inputs: DecoderInputs, cache: KeyValueCache?) throws -> Tensor
}

extension DecoderBackbone {
    public static var causalLanguageModelName: String { className + HeadTask.causalLM.rawValue }
    public var learnedPositions: Int? { nil }
    public var dropoutSites: Int { 0 }

    /// Padding is always computed.
    public func tokenStates(_ inputs: Batch, allowsPacking: Bool) throws -> TokenStates {
        TokenStates(padded: try hiddenStates(DecoderInputs(inputs), cache: nil))
    }

    /// The hidden states of the rows' last tokens.
    ///
    /// - Throws: ``PretrainedModelError`` for another pooling, and for several rows of a model without padding token.
    public func pooledStates(_ inputs: Batch, _ pooling: Pooling) throws -> Tensor {
        guard pooling == .lastToken else {
            throw PretrainedModelError.argument(
                "\(Self.className) reads forwards: only its last token stands for the text, not \(pooling)")
        }
        let ids = try inputs.require(.inputIds)
        let padding = try config.optionalInt("pad_token_id", default: nil)
        guard padding != nil || ids.size(0) == 1 else {
            throw PretrainedModelError.configuration(
                config.source,
                "pad_token_id is missing: without it \(Self.className) cannot tell where the rows of a batch end; "
                    + "set it, or use batches of one row")
        }
        let hidden = try hiddenStates(DecoderInputs(inputs), cache: nil)
        guard let padding else { return hidden.select(dim: 1, index: hidden.size(1) - 1) }
        let places = Tensor.arange(ids.size(1), device: ids.device)
        let last = (places * ids.ne(padding).to(.int64)).argmax(dim: -1)
        return hidden.index([Tensor.arange(ids.size(0), device: ids.device), last])
    }

    /// Gives the hidden states and no loss.
    public func forward(_ inputs: Batch) throws -> ModelOutput {
        let hidden = try withTorchErrors { try hiddenStates(DecoderInputs(inputs), cache: nil) }
        return ModelOutput(others: [("last_hidden_state", hidden)])
    }
}
