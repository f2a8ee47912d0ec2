public import Training

/// What a decoder reads.
public struct DecoderInputs {
    /// Token ids of the new tokens, `[N, L]`, int64.
    public var inputIds: Tensor
    /// `[N, seen + L]`, 1 for tokens and 0 for padding, on either side; nil: all are tokens.
    public var attentionMask: Tensor?
    /// Positions of the new tokens, `[N, L]` or `[1, L]`, int64; nil: counted from the tokens seen, padding included, as in
    /// Python. They do not keep texts apart.
    public var positionIds: Tensor?
    /// Segments, `[N, L]`, int64, for GPT-2 alone; nil: none.
    public var tokenTypeIds: Tensor?

    public init(
        inputIds: Tensor, attentionMask: Tensor? = nil, positionIds: Tensor? = nil, tokenTypeIds: Tensor? = nil
    ) {
        self.inputIds = inputIds
        self.attentionMask = attentionMask
        self.positionIds = positionIds
        self.tokenTypeIds = tokenTypeIds
    }

    /// - Throws: `BatchError` where there are no `input_ids`.
    public init(_ batch: Batch) throws {
        self.init(
            inputIds: try batch.require(.inputIds), attentionMask: batch[.attentionMask],
            positionIds: batch[.positionIds], tokenTypeIds: batch[.tokenTypeIds])
    }
}

extension BatchKey {
    /// `position_ids`: positions of the tokens, `[N, L]`, int64.
    public static let positionIds = BatchKey("position_ids")
}

/// What all layers of a decoder's pass share: positions, masks, and the cache.
struct DecoderPass {
    let cache: KeyValueCache?
    /// `[1, L]` or `[N, L]`
    let positionIds: Tensor
    /// One more than the largest position; known without asking the device where positions are counted.
    let positionsEnd: Int
    private let masks: [Int?: CausalMask]

    /// - Parameters:
    ///   - inputs: What is read.
    ///   - cache: What was seen before.
    ///   - windows: The windows of the layers; see ``CausalMask``.
    ///   - implementation: How attention is computed.
    ///   - dtype: Type of the hidden states.
    /// - Throws: ``PretrainedModelError`` where the shapes do not go together.
    init(
        _ inputs: DecoderInputs, cache: KeyValueCache?, windows: [Int?], implementation: AttentionImplementation,
        dtype: DType
    ) throws {
        let ids = inputs.inputIds
        guard ids.dim == 2, ids.numel > 0 else {
            throw PretrainedModelError.argument("a decoder needs input_ids [N, L]; they are \(ids.shape)")
        }
        let (rows, length, seen) = (ids.size(0), ids.size(1), cache?.length ?? 0)
        let device = ids.device
        self.cache = cache
        if let given = inputs.positionIds {
            guard given.dim == 2, given.size(1) == length, [1, rows].contains(given.size(0)) else {
                throw PretrainedModelError.argument(
                    "position_ids must be \(ids.shape) like input_ids; they are \(given.shape)")
            }
            positionIds = given
            positionsEnd = given.max().item(as: Int.self) + 1
        } else {
            positionIds = Tensor.arange(start: seen, end: seen + length, device: device).unsqueeze(0)
            positionsEnd = seen + length
        }
        var padding: Tensor?
        if let mask = inputs.attentionMask {
            guard mask.shape == [rows, seen + length] else {
                throw PretrainedModelError.argument(
                    "attention_mask must be \([rows, seen + length]), the tokens seen and the new ones; it is "
                        + "\(mask.shape)")
            }
            let keep = mask.to(.bool)
            if keep.all().item() == 0 { padding = keep }
        }
        var masks: [Int?: CausalMask] = [:]
        for window in Set(windows) {
            masks[window] = CausalMask(
                rows: rows, queries: length, keys: seen + length, padding: padding, window: window,
                implementation: implementation, dtype: dtype, device: device)
        }
        self.masks = masks
    }

    /// The mask of layers with this window.
    func mask(_ window: Int?) -> CausalMask { masks[window] ?? .causal }
}
