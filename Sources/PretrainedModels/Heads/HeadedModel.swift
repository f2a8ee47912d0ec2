import OrderedJSON
public import Training

/// Base class of models with a head for a task.
open class HeadedModel: PretrainedModel, TrainableModel, InputChecking, ModelWithRowGradients {
    /// What the head does.
    open var task: HeadTask { preconditionFailure("a HeadedModel subclass must override task") }
    /// The part that makes the hidden states; nil where it is not one of the architectures with exchangeable heads.
    open var backbone: (any Backbone)? { nil }

    open override var architectureName: String {
        backbone.map { type(of: $0).className + task.rawValue } ?? super.architectureName
    }
    open override var baseModelPrefix: String? { backbone.map { type(of: $0).prefix(task) } }
    open override func currentKey(_ key: String) -> String? { backbone.map { $0.currentKey(key) } ?? key }
    open override var optionalKeyPrefixes: [String] { backbone?.optionalKeyPrefixes ?? [] }
    open override func initializeMissing(_ module: Module, isMissing: (String) -> Bool = { _ in true }) {
        guard let backbone else { return super.initializeMissing(module, isMissing: isMissing) }
        backbone.initializeMissing(module, isMissing: isMissing)
    }

    public var vocabularySize: Int? { config["vocab_size"]?.intValue }
    open var maxInputLength: Int? {
        guard let backbone else { return config["max_position_embeddings"]?.intValue }
        return backbone.maxInputLength
    }

    open var tablesWithRowGradients: [Tensor] { backbone?.tablesWithRowGradients ?? [] }

    // Python's forward has **kwargs.
    open var acceptsLossCount: Bool { true }
    open var predictsNextToken: Bool { false }
    open var inputNames: [String]? { backbone?.inputNames ?? ["input_ids", "attention_mask", "token_type_ids"] }
    open var labelNames: [String] { ["labels"] }
    open var keysToIgnoreAtInference: [String] { ["past_key_values"] }
    open func labelCount(_ inputs: Batch) -> Int {
        inputs.labelCount ?? inputs[.labels].map { $0.ne(-100).sum().item(as: Int.self) } ?? inputs.count
    }
    open func pythonLabelCount(_ inputs: Batch) -> Int { labelCount(inputs) }
    open func lossWeight(_ inputs: Batch) -> Double { Double(labelCount(inputs)) }

    /// 6 for each token, padding included, and each parameter outside embeddings: Python's estimate of a training step.
    public func floatingPointOperations(_ inputs: Batch) -> Double {
        Double(6 * (inputs[.inputIds]?.numel ?? 0) * parametersOutsideEmbeddings)
    }

    private lazy var parametersOutsideEmbeddings: Int = {
        let tables = namedModules().reduce(0) { $0 + (($1.module as? Embedding)?.weight.numel ?? 0) }
        return numParameters() - tables + (adapter?.copiedParameters(of: self) ?? 0)
    }()

    /// The head's outputs, and the loss where the batch has labels.
    ///
    /// - Throws: `BatchError`, `TorchError` (a token outside the vocabulary, a text longer than the positions),
    ///   ``PretrainedModelError``.
    public func forward(_ inputs: Batch) throws -> ModelOutput {
        try withTorchErrors { try output(inputs) }
    }

    /// What ``forward(_:)`` gives; its errors of libtorch are caught there.
    open func output(_ inputs: Batch) throws -> ModelOutput {
        preconditionFailure("a HeadedModel subclass must override output(_:)")
    }
}

/// A model whose backbone is one of the architectures with exchangeable heads.
protocol BackboneHolder: HeadedModel, InputEmbeddingModel, ActivationCheckpointingModel {
    associatedtype Base: Backbone
    var base: Base { get }
}

extension BackboneHolder {
    public var inputEmbedding: Embedding { base.inputEmbedding }

    public var activationCheckpointing: ActivationCheckpointingOptions? {
        get { base.activationCheckpointing }
        set { base.activationCheckpointing = newValue }
    }
    public var checkpointedLayers: [Module] { base.checkpointedLayers }
}

extension Backbone {
    /// The backbone of a model with a head: as in Python its own initial values are drawn before the head is made.
    static func forHead(_ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool) throws -> Self {
        let base = try Self(config, addPoolingLayer: addPoolingLayer, initialize: initialize)
        if initialize { base.drawInitialWeights() }
        return base
    }

    /// The backbone and a head over it, made in Python's order.
    ///
    /// - Parameter makeHead: Makes the head for states of this width.
    static func assembled<Head: Module>(
        _ config: ModelConfiguration, addPoolingLayer: Bool, initialize: Bool, makeHead: (Int) -> Head
    ) throws -> (base: Self, head: Head) {
        guard headComesFirst else {
            let base = try forHead(config, addPoolingLayer: addPoolingLayer, initialize: initialize)
            return (base, makeHead(base.hiddenSize))
        }
        let head = makeHead(try hiddenSize(config))
        return (try forHead(config, addPoolingLayer: addPoolingLayer, initialize: initialize), head)
    }

    /// Keys of the parts that come first in a model with a head, whose own key is empty.
    static var partOrder: [String] { headComesFirst ? [""] : [] }

    /// The head of a task.
    ///
    /// - Throws: ``PretrainedModelError`` where the architecture has none.
    static func design(_ task: HeadTask, _ config: ModelConfiguration) throws -> HeadDesign {
        guard let design = try head(task, config) else { throw missingHead(task, config) }
        return design
    }

    static func missingHead(_ task: HeadTask, _ config: ModelConfiguration) -> PretrainedModelError {
        .configuration(config.source, "there is no \(className)\(task.rawValue)")
    }
}
