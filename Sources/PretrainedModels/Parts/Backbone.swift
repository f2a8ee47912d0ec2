public import Training

/// A model without a head, on which the heads of ``HeadTask`` can be put.
public protocol Backbone: PretrainedModel, TrainableModel, InputEmbeddingModel, ActivationCheckpointingModel {
    /// `model_type` in `config.json`.
    static var modelType: String { get }
    /// What Python's class names begin with: `Bert` of `BertForMaskedLM`.
    static var className: String { get }
    /// Name of this part inside a model with the head of `task`: `bert`.
    static func prefix(_ task: HeadTask) -> String

    /// - Parameters:
    ///   - config: Sizes and settings.
    ///   - addPoolingLayer: Whether the layer over the first token is made, where the architecture has one.
    ///   - initialize: Whether torch's constructors draw; false for weights that are loaded.
    /// - Throws: ``PretrainedModelError`` where the configuration cannot be used.
    init(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws

    /// Width of the hidden states.
    var hiddenSize: Int { get }
    /// The most tokens of a row; nil: no limit.
    var maxInputLength: Int? { get }
    /// Places that drop out, which heads number theirs after.
    var dropoutSites: Int { get }
    /// Whether Python makes heads before this part, which decides the order of weights and random numbers; by default not.
    static var headComesFirst: Bool { get }
    /// ``hiddenSize`` of a model that is not made yet.
    static func hiddenSize(_ config: ModelConfiguration) throws -> Int

    /// The most tokens of a row by a configuration; nil: no limit. Default: `max_position_embeddings`.
    static func maxInputLength(_ config: ModelConfiguration) throws -> Int?

    /// Tables whose gradients hold the rows of a batch alone on the fast path; by default none.
    var tablesWithRowGradients: [Tensor] { get }

    /// The head of a task that classifies; nil where the architecture has none.
    static func head(_ task: HeadTask, _ config: ModelConfiguration) throws -> HeadDesign?
    /// The head that predicts tokens; nil where the architecture has none.
    static func languageHead(_ config: ModelConfiguration) throws -> LanguageHeadDesign?

    /// The hidden states of all tokens.
    ///
    /// - Parameters:
    ///   - inputs: `input_ids` `[N, L]` and what goes with them.
    ///   - allowsPacking: Whether padding may be left out.
    func tokenStates(_ inputs: Batch, allowsPacking: Bool) throws -> TokenStates

    /// One vector for each row, `[N, hidden]`.
    func pooledStates(_ inputs: Batch, _ pooling: Pooling) throws -> Tensor
}

extension Backbone {
    public static func maxInputLength(_ config: ModelConfiguration) throws -> Int? {
        try config.optionalInt("max_position_embeddings", default: nil)
    }

    public var tablesWithRowGradients: [Tensor] { [] }
    public static var headComesFirst: Bool { false }
    public static func hiddenSize(_ config: ModelConfiguration) throws -> Int {
        try Self(config, addPoolingLayer: false, initialize: false).hiddenSize
    }

    /// Python's `post_init`: children before parents, in order of registration.
    func drawInitialWeights() { apply { initializeMissing($0) } }

    /// Whether layer number `index` is computed again in the backward pass.
    func isCheckpointed(_ index: Int) -> Bool {
        training && activationCheckpointing.map { index % $0.everyNLayers == 0 } ?? false
    }

    /// Runs layer number `index` by `body`, and again in the backward pass where it is to be.
    func runLayer(_ index: Int, _ hidden: Tensor, _ body: @escaping (Tensor) -> Tensor) -> Tensor {
        checkpointedLayers[index].runAsLayer(
            hidden, isComputedAgain: isCheckpointed(index),
            preservesRandomState: activationCheckpointing?.preserveRngState ?? true, body)
    }
}

/// What a head does with a text.
public enum HeadTask: String, Sendable, Hashable, CaseIterable {
    case sequenceClassification = "ForSequenceClassification"
    case tokenClassification = "ForTokenClassification"
    case questionAnswering = "ForQuestionAnswering"
    case multipleChoice = "ForMultipleChoice"
    case maskedLM = "ForMaskedLM"
    case causalLM = "ForCausalLM"
}

/// How a row's hidden states become one vector.
public enum Pooling: Sendable, Hashable {
    /// The backbone's own pooling layer.
    case pooler
    /// The first token's hidden state.
    case firstToken
    /// The mean over the tokens that are no padding.
    case mean
    /// The last token that is no padding.
    case lastToken

    /// The mean of `[N, L, hidden]` over the tokens that are no padding.
    ///
    /// - Parameter mask: `[N, L]`, 1 for tokens; nil: all are tokens.
    static func mean(_ hidden: Tensor, _ mask: Tensor?) -> Tensor {
        guard let mask else { return hidden.mean(dim: [1]) }
        let weights = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * weights).sum(dim: [1]) / weights.sum(dim: [1])
    }
}

/// Hidden states of a batch's tokens: padded, or real tokens alone.
public struct TokenStates {
    /// `[N, L, hidden]`, or `[tokens, hidden]` where packed.
    public let hidden: Tensor
    let packing: Packing?

    struct Packing {
        let tokens: PackedTokens
        let rows: PackedRows
    }

    init(padded hidden: Tensor) {
        self.hidden = hidden
        packing = nil
    }

    init(_ hidden: Tensor, _ tokens: PackedTokens, _ rows: PackedRows) {
        self.hidden = hidden
        packing = Packing(tokens: tokens, rows: rows)
    }

    /// What was computed from ``hidden`` by token, `[…, width]`, as `[N, L, width]`: zeros at padding where it was left
    /// out.
    public func padded(_ values: Tensor) -> Tensor {
        guard let tokens = packing?.tokens else { return values }
        let (rows, width) = (tokens.lengths.count, values.size(-1))
        return Tensor.zeros([rows * tokens.width, width], dtype: values.dtype, device: values.device)
            .indexCopy(dim: 0, index: tokens.places, source: values).view(rows, tokens.width, width)
    }

    /// Of `[N, L]` what belongs to the tokens of ``hidden``, one-dimensional.
    public func flat(_ values: Tensor) -> Tensor {
        let all = values.reshape(-1)
        return packing.map { all.indexSelect(dim: 0, index: $0.tokens.places) } ?? all
    }
}
