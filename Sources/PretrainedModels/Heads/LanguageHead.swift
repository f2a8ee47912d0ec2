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
    private let words: Shared
    /// Drawn as in Python before it is replaced by the embeddings, which uses up random numbers.
    private let replaced: Replaced
    let design: LanguageHeadDesign

    public override var memberOrder: [String] { design.order }

    init(_ design: LanguageHeadDesign, hiddenSize: Int, words: Embedding, initialize: Bool) {
        self.design = design
        self.words = Shared(words)
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
        replaced = Replaced(
            decoder: initialize && design.isTied && design.drawsDecoder
                ? Linear(design.width, design.vocabSize, bias: design.bias != nil) : nil)
    }

    /// `[…, hidden]` → scores `[…, vocabulary]`
    func callAsFunction(_ states: Tensor) -> Tensor {
        var x = states
        if let dense { x = design.activation(dense(x)) }
        if let norm { x = norm(x) }
        // As in Python a matrix of its own has a bias of its own; the other one is then without use.
        return decoder.map { $0(x) } ?? x.linear(weight: words.table.weight, bias: bias?.bias)
    }

    /// The layers that Python draws, in its order, by their keys.
    var drawn: [(key: String, layer: Linear)] {
        [(design.dense ?? "", dense), (design.decoder, decoder ?? replaced.decoder)]
            .compactMap { key, layer in layer.map { (key, $0) } }
    }

    /// Draws initial values as Python's `post_init`: for the matrix too that is replaced by the embeddings'.
    func drawInitialWeights(_ initialize: (Module) -> Void) {
        for (_, child) in children { initialize(child) }
        if let decoder = replaced.decoder { initialize(decoder) }
        initialize(self)
        replaced.decoder = nil
    }

    private final class Replaced {
        var decoder: Linear?
        init(decoder: Linear?) { self.decoder = decoder }
    }

    /// Holds the embeddings without being their parent.
    private struct Shared {
        let table: Embedding
        init(_ table: Embedding) { self.table = table }
    }
}

/// A bias of its own.
public final class OutputBias: Module {
    /// `[size]`
    @Parameter public var bias: Tensor
    init(_ size: Int) { bias = Tensor.zeros([size]) }
}
