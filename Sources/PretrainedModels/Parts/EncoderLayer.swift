public import Training

/// One layer: attention, then the feed-forward part, each added to its input and normalised.
public final class EncoderLayer: Module {
    @Child public var selfAttention: SelfAttention
    @Child public var attentionOutput: Linear
    @Child public var attentionNorm: LayerNorm
    @Child public var intermediate: Linear
    @Child public var output: Linear
    @Child public var outputNorm: LayerNorm
    let activation: Activation
    private let attentionDropout: Dropout
    private let outputDropout: Dropout
    private let order: [String]

    public override var memberOrder: [String] { order }

    init(_ config: EncoderConfiguration, _ layout: EncoderLayout, initialize: Bool) {
        let width = config.hiddenSize
        _selfAttention = Child("", Self.attention(config, layout, initialize: initialize))
        _attentionOutput = Child(layout.attentionOutput, Linear(width, width, initialize: initialize))
        _attentionNorm = Child(layout.attentionNorm, LayerNorm([width], eps: config.layerNormEps))
        _intermediate = Child(layout.intermediate, Linear(width, config.intermediateSize, initialize: initialize))
        _output = Child(layout.output, Linear(config.intermediateSize, width, initialize: initialize))
        _outputNorm = Child(layout.outputNorm, LayerNorm([width], eps: config.layerNormEps))
        activation = config.hiddenAct
        attentionDropout = Dropout(config.attentionOutputDropout)
        outputDropout = Dropout(config.outputDropout)
        order = layout.layerOrder
    }

    private static func attention(_ config: EncoderConfiguration, _ layout: EncoderLayout, initialize: Bool)
        -> SelfAttention
    {
        guard case .disentangled(let settings) = config.distances else {
            return SelfAttention(config, layout, initialize: initialize)
        }
        return DisentangledAttention(config, layout, settings, initialize: initialize)
    }

    /// `[N, L, hidden]` → the same; `attend` gives the attention's result.
    func callAsFunction(_ hidden: Tensor, attend: (SelfAttention, Tensor) -> Tensor) -> Tensor {
        let attended = attentionNorm(attentionDropout(attentionOutput(attend(selfAttention, hidden))) + hidden)
        return outputNorm(outputDropout(output(activation(intermediate(attended)))) + attended)
    }
}

/// Layers that are run several times as one, for a family that shares them (ALBERT).
final class EncoderLayerGroup: Module {
    @Child var layers: [EncoderLayer]

    init(_ layers: [EncoderLayer], key: String) { _layers = Child(key, layers) }
}

/// The layers in the order in which they run: one may come several times.
struct LayerSchedule {
    let layers: [EncoderLayer]
    /// What holds the weights: the layers themselves, or groups of them.
    let holders: [Module]

    init(_ config: EncoderConfiguration, _ layout: EncoderLayout, make: () -> EncoderLayer) {
        guard let groups = config.layerGroups, let key = layout.groupLayers else {
            let made = (0..<config.numHiddenLayers).map { _ in make() }
            layers = made
            holders = made
            return
        }
        let made = (0..<groups.count).map { _ in
            EncoderLayerGroup((0..<groups.layersEach).map { _ in make() }, key: key)
        }
        holders = made
        layers = (0..<config.numHiddenLayers).flatMap { index in
            made[Int(Double(index) / (Double(config.numHiddenLayers) / Double(groups.count)))].layers
        }
    }
}

/// How a family shares its layers: the layers are spread evenly over some groups, each of which runs its own.
public struct LayerGroups: Sendable, Hashable {
    public let count: Int
    public let layersEach: Int
    public init(count: Int, layersEach: Int) {
        self.count = count
        self.layersEach = layersEach
    }
}
