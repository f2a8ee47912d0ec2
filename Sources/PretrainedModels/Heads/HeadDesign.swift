public import Training

/// A head that classifies: which state it looks at, an optional dense layer, and the projection to the labels.
///
/// ```
/// pooling → dropout → dense → activation → normalisation → dropout → output
/// ```
public struct HeadDesign: Sendable {
    /// The layer before the output.
    public struct Dense: Sendable {
        /// Key of its weights: `pre_classifier`, `classifier.dense`.
        public var key: String
        public var activation: Activation
        public var bias = true
        /// Key of the normalisation after it; nil for none.
        public var norm: String?
        public var normEps = 1e-12
        /// Whether the normalisation has a bias.
        public var normBias = true

        public init(_ key: String, _ activation: Activation) {
            self.key = key
            self.activation = activation
        }
    }

    /// For heads that give each row one result.
    public var pooling: Pooling
    /// Dropout before the dense layer.
    public var inputDropout = 0.0
    public var dense: Dense?
    /// Dropout before the output.
    public var dropout: Double
    /// Key of the output's weights.
    public var output: String
    public var outputBias = true
    /// Whether labels of texts, where no `problem_type` is settled, are class ids (below 0: ignored), or rows of numbers
    /// that are each class's share: DeBERTa-v2's own rule, which settles nothing either. Default false.
    public var readsShares = false

    /// - Parameters:
    ///   - pooling: The state it looks at.
    ///   - dropout: Dropout before the output.
    ///   - output: Key of the output's weights.
    public init(_ pooling: Pooling = .firstToken, dropout: Double = 0, output: String = "classifier") {
        self.pooling = pooling
        self.dropout = dropout
        self.output = output
    }
}

/// The layers of a ``HeadDesign``.
public final class ClassificationHead: Module {
    @Child public var dense: Linear?
    @Child public var norm: LayerNorm?
    @Child public var output: Linear
    let design: HeadDesign

    /// - Parameters:
    ///   - design: The layers there are.
    ///   - width: Size of the states.
    ///   - outputs: Size of the result.
    ///   - initialize: Whether torch's constructors draw.
    init(_ design: HeadDesign, width: Int, outputs: Int, initialize: Bool) {
        self.design = design
        let dense = design.dense
        _dense = Child(
            dense?.key ?? "",
            dense.map { Linear(width, width, bias: $0.bias, initialize: initialize) })
        _norm = Child(
            dense?.norm ?? "",
            dense.flatMap { dense in
                dense.norm.map { _ in LayerNorm([width], eps: dense.normEps, bias: dense.normBias) }
            })
        _output = Child(
            design.output, Linear(width, outputs, bias: design.outputBias, initialize: initialize))
    }

    /// `[…, width]` → `[…, outputs]`
    func callAsFunction(_ states: Tensor, _ drop: HeadDropout) -> Tensor {
        var x = states
        if let dense, let layer = design.dense {
            x = layer.activation(dense(drop(x, design.inputDropout, site: 1)))
            if let norm { x = norm(x) }
        }
        return output(drop(x, design.dropout, site: 0))
    }
}

/// Dropout in a head: the encoder's keyed kind on the fast path, libtorch's otherwise.
struct HeadDropout {
    private let isActive: Bool
    private let rows: PackedRows?
    private let firstSite: Int

    /// For states of whole rows, `[N, width]`.
    init(rowsOf inputs: Batch, _ states: Tensor, after site: Int, training: Bool) {
        isActive = training
        firstSite = site
        guard training, let step = inputs.step, step.isFast, states.device.kind == .cpu,
            states.dtype == .float32 || autocastDType(.cpu) != nil, inputs.rows.count == states.size(0)
        else {
            rows = nil
            return
        }
        rows = PackedRows(lengths: inputs.rows.map { _ in 1 }, rowKeys: inputs.rows.map { step.rowKey($0) })
    }

    /// For the states of tokens.
    init(_ states: TokenStates, after site: Int, training: Bool) {
        isActive = training
        firstSite = site
        rows = states.packing?.rows
    }

    func callAsFunction(_ x: Tensor, _ p: Double, site: Int) -> Tensor {
        guard isActive, p > 0 else { return x }
        return rows.map { $0.dropout(x.to(.float32), p: p, site: firstSite + site) } ?? x.dropout(p: p, train: true)
    }
}
