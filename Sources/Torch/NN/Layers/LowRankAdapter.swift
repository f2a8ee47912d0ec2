/// What a linear layer learns beside its frozen weight (LoRA, Hu et al. 2021): `B(A(dropout(x))) * scaling`, of low rank.
///
/// Keys and numbers are those of Python's PEFT.
public final class LowRankAdapter: Module {
    /// `[rank, inFeatures]`
    @Child public var loraA: Linear
    /// `[outFeatures, rank]`
    @Child public var loraB: Linear
    public let dropout: Dropout
    /// The factor of the product.
    public let scaling: Double
    /// Whether the layer's weight has the product in it.
    public private(set) var isMerged = false

    /// How the matrices begin.
    public enum Initialization: Sendable, Hashable {
        /// A as a new linear layer's weight, B zero: the layer computes what it did before.
        case zero
        /// A normal of standard deviation 1/rank, B zero.
        case gaussian
        /// Both as new linear layers' weights.
        case random
    }

    /// Draws what PEFT draws, from the generator of the CPU.
    ///
    /// - Parameters:
    ///   - inFeatures: Size of the layer's inputs.
    ///   - outFeatures: Size of its outputs.
    ///   - rank: Size between the two matrices.
    ///   - scaling: The factor of their product.
    ///   - dropout: Probability of dropping an input on the way to A.
    ///   - initialization: How the matrices begin; nil: as zeros, without random numbers (for weights that are loaded).
    public init(
        _ inFeatures: Int, _ outFeatures: Int, rank: Int, scaling: Double, dropout: Double = 0,
        initialization: Initialization? = .zero
    ) {
        let draws = initialization != nil
        let (a, b) = (
            Linear(inFeatures, rank, bias: false, initialize: draws),
            Linear(rank, outFeatures, bias: false, initialize: draws)
        )
        _loraA = Child("lora_A", a)
        _loraB = Child("lora_B", b)
        self.dropout = Dropout(dropout)
        self.scaling = scaling
        super.init()
        switch initialization {
        case .zero: Init.kaimingUniform_(a.weight, a: 5.0.squareRoot())
        case .gaussian: Init.normal_(a.weight, std: 1 / Double(rank))
        case .random, nil: return
        }
        Init.zeros_(b.weight)
    }

    /// The layer's output for `input` with this added; `output` itself once merged. For the layers themselves.
    public func added(to output: Tensor, _ input: Tensor) -> Tensor {
        guard !isMerged else { return output }
        let x = input.to(loraA.weight.dtype)
        return (output + loraB(loraA(dropout(x))) * scaling).to(output.dtype)
    }

    /// Adds the product to a layer's weight, or takes it away.
    fileprivate func merge(into weight: Tensor, isTransposed: Bool, merges: Bool) {
        guard isMerged != merges else { return }
        noGrad {
            let product = loraB.weight.matmul(loraA.weight)
            let change = (isTransposed ? product.transpose(0, 1) : product) * scaling
            _ = weight.add_(change.to(weight.dtype), alpha: merges ? 1 : -1)
        }
        isMerged = merges
    }
}

/// A linear layer that can have a ``LowRankAdapter``.
public protocol AdaptableLayer: Module {
    var weight: Tensor { get }
    var inFeatures: Int { get }
    var outFeatures: Int { get }
    /// Whether the weight is `[inFeatures, outFeatures]` (PEFT's `fan_in_fan_out`).
    var isTransposed: Bool { get }
    /// What is learned beside the weight; nil: nothing.
    var adapter: LowRankAdapter? { get set }
}

extension AdaptableLayer {
    /// Adds the adapter's product to the weight, so that it costs nothing any more.
    public func mergeAdapter() { adapter?.merge(into: weight, isTransposed: isTransposed, merges: true) }

    /// Takes the adapter's product out of the weight again; rounding may leave a trace, as in Python.
    public func unmergeAdapter() { adapter?.merge(into: weight, isTransposed: isTransposed, merges: false) }
}
