public import Training

/// A head that scores every word of the vocabulary: an optional dense layer with normalisation, then the product with the
/// word embeddings.
public struct LanguageHeadDesign: Sendable {
    /// Key of the dense layer; nil where the states are compared with the vocabulary at once.
    public var dense: String?
    public var denseBias = true
    public var activation: Activation = .gelu
    /// Key of the normalisation.
    public var norm: String?
    public var normEps = 1e-12
    public var normBias = true
    /// Key of the bias of the scores, without its `.bias`; nil for none.
    public var bias: String?
    /// Key of the matrix, which the file holds only where it is not the word embeddings'.
    public var decoder: String
    /// Keys of the parts that come first.
    public var order: [String] = []
    /// Width of the word embeddings; the dense layer's output.
    public var width: Int
    public var vocabSize: Int
    /// Whether the matrix is the word embeddings'.
    public var isTied: Bool
    /// Whether Python draws a matrix first that is then replaced by the word embeddings'.
    public var drawsDecoder = true

    /// - Parameters:
    ///   - decoder: Key of the matrix.
    ///   - width: Width of the word embeddings.
    ///   - vocabSize: Number of words.
    ///   - isTied: Whether the matrix is the word embeddings'.
    public init(decoder: String, width: Int, vocabSize: Int, isTied: Bool) {
        self.decoder = decoder
        self.width = width
        self.vocabSize = vocabSize
        self.isTied = isTied
    }
}

/// The layers of a ``LanguageHeadDesign``.
public final class LanguageHead: Module {
    @Child public var bias: OutputBias?
    @Child public var dense: Linear?
    @Child public var norm: LayerNorm?
    /// The matrix where it is not the word embeddings'.
    @Child public var decoder: Linear?
    private let others = Others()
    let design: LanguageHeadDesign

    public override var memberOrder: [String] { design.order }

    /// - Parameters:
    ///   - design: The layers there are.
    ///   - hiddenSize: Width of the states.
    ///   - words: The word embeddings; nil: they are given later, by ``share(_:)``.
    ///   - initialize: Whether torch's constructors draw.
    init(_ design: LanguageHeadDesign, hiddenSize: Int, words: Embedding? = nil, initialize: Bool) {
        self.design = design
        _dense = Child(
            design.dense ?? "",
            design.dense.map { _ in Linear(hiddenSize, design.width, bias: design.denseBias, initialize: initialize) })
        _norm = Child(
            design.norm ?? "",
            design.norm.map { _ in LayerNorm([design.width], eps: design.normEps, bias: design.normBias) })
        _decoder = Child(
            design.decoder,
            design.isTied
                ? nil
                : Linear(design.width, design.vocabSize, bias: design.bias != nil, initialize: initialize))
        // A matrix of its own brings a bias along, which may have this one's name.
        let hasBias = design.isTied || design.bias != design.decoder
        _bias = Child(
            design.bias ?? "", design.bias.flatMap { _ in hasBias ? OutputBias(design.vocabSize) : nil })
        super.init()
        others.words = words
        if initialize, design.isTied, design.drawsDecoder {
            others.replaced = Linear(design.width, design.vocabSize, bias: design.bias != nil)
        }
    }

    /// Gives the head the word embeddings, which stay a part of the model below.
    func share(_ words: Embedding) { others.words = words }

    /// `[…, hidden]` → scores `[…, vocabulary]`
    func callAsFunction(_ states: Tensor) -> Tensor {
        var x = states
        if let dense { x = design.activation(dense(x)) }
        if let norm { x = norm(x) }
        // As in Python a matrix of its own has a bias of its own; the other one is then without use.
        if let decoder { return decoder(x) }
        guard let words = others.words else { preconditionFailure("the head was given no word embeddings") }
        return x.linear(weight: words.weight, bias: bias?.bias)
    }

    /// The layers that Python draws, in its order, by their keys.
    var drawn: [(key: String, layer: Linear)] {
        [(design.dense ?? "", dense), (design.decoder, decoder ?? others.replaced)]
            .compactMap { key, layer in layer.map { (key, $0) } }
    }

    /// Draws initial values as Python's `post_init`: for the matrix too that is replaced by the embeddings'.
    func drawInitialWeights(_ initialize: (Module) -> Void) {
        for (_, child) in children { initialize(child) }
        if let decoder = others.replaced { initialize(decoder) }
        initialize(self)
        others.replaced = nil
    }

    /// Layers that are no part of the head.
    private final class Others {
        var words: Embedding?
        /// Drawn as in Python before the word embeddings take its place, which uses up random numbers.
        var replaced: Linear?
    }
}

/// A bias of its own.
public final class OutputBias: Module {
    /// `[size]`
    @Parameter public var bias: Tensor
    init(_ size: Int) { bias = ParameterBudget.zeros([size]) }
}
