import OrderedJSON
public import Training

/// A convolution over the embeddings whose result is added to the first layer's (DeBERTa-v2 in its largest sizes).
public final class LayerConvolution: Module {
    /// Sizes and settings.
    public struct Settings: Sendable, Hashable {
        /// An odd number of tokens.
        public let kernelSize: Int
        public let groups: Int
        public let activation: Activation

        /// `conv_kernel_size`, `conv_groups` and `conv_act`; nil where there is no convolution.
        ///
        /// - Throws: ``PretrainedModelError`` that names file, key and value.
        public init?(_ config: ModelConfiguration, hiddenSize: Int) throws {
            kernelSize = try config.int("conv_kernel_size", default: 0, in: 0...1023)
            groups = try config.int("conv_groups", default: 1, in: 1...65536)
            activation = try config.activation("conv_act", default: "tanh")
            guard kernelSize > 0 else { return nil }
            guard kernelSize % 2 == 1 else {
                throw config.invalid("conv_kernel_size", .int(kernelSize), "an odd number is expected")
            }
            guard hiddenSize % groups == 0 else {
                throw config.invalid("conv_groups", .int(groups), "it does not divide hidden_size (\(hiddenSize))")
            }
        }
    }

    @Child public var convolution: Conv1d
    @Child public var norm: LayerNorm
    private let activation: Activation
    private let dropout: Dropout

    init(_ config: EncoderConfiguration, _ settings: Settings, initialize: Bool) {
        let width = config.hiddenSize
        _convolution = Child(
            "conv",
            Conv1d(
                width, width, kernelSize: settings.kernelSize, padding: (settings.kernelSize - 1) / 2,
                groups: settings.groups, initialize: initialize))
        _norm = Child("LayerNorm", LayerNorm([width], eps: config.layerNormEps))
        activation = settings.activation
        dropout = Dropout(config.hiddenDropoutProb)
    }

    /// - Parameters:
    ///   - input: The embeddings, `[N, L, hidden]`.
    ///   - residual: The first layer's result.
    ///   - attentionMask: `[N, L]`, 1 for tokens and 0 for padding, where the result is zero; nil: all are tokens.
    func callAsFunction(_ input: Tensor, residual: Tensor, attentionMask: Tensor?) -> Tensor {
        var x = convolution(input.transpose(1, 2).contiguous()).transpose(1, 2).contiguous()
        let tokens = attentionMask?.unsqueeze(2)
        if let tokens { x = x.maskedFill(tokens.to(.bool).logicalNot(), 0) }
        let result = norm(residual + activation(dropout(x)))
        return tokens.map { result * $0.to(result.dtype) } ?? result
    }
}
