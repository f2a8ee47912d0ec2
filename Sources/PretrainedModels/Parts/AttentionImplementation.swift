import OrderedJSON
import Training

/// How attention is computed: libtorch's fused operator, or the plain formula (Python's `attn_implementation`).
public enum AttentionImplementation: String, Sendable, Hashable {
    case sdpa
    case eager
}

extension ModelConfiguration {
    /// `attn_implementation`, by default the first of the supported ones.
    ///
    /// - Throws: ``PretrainedModelError``.
    func attentionImplementation(
        _ supported: [AttentionImplementation] = [.sdpa, .eager]
    ) throws -> AttentionImplementation {
        let name = try string("attn_implementation", default: supported[0].rawValue)
        guard let implementation = AttentionImplementation(rawValue: name), supported.contains(implementation) else {
            throw invalid(
                "attn_implementation", .string(name),
                "supported: \(supported.map(\.rawValue).joined(separator: ", "))")
        }
        return implementation
    }
}

/// Masks of padded batches in the forms that attention takes.
enum AttentionMask {
    /// - Parameter mask: `[N, L]`, 1 for tokens and 0 for padding; nil for none.
    /// - Returns: `[N, 1, 1, L]`, nil where nothing is padded: truth values for `sdpa`, for `eager` numbers to add. Asks
    ///   the device whether all are 1, as Python does.
    static func expanded(_ mask: Tensor?, implementation: AttentionImplementation, dtype: DType) -> Tensor? {
        guard let mask else { return nil }
        let keep = mask.to(.bool)
        switch implementation {
        case .sdpa:
            guard keep.isDefined, keep.all().item() == 0 else { return nil }
            let wide = keep.unsqueeze(1).unsqueeze(1)
            return wide.expand([mask.size(0), 1, mask.size(1), mask.size(1)])
        case .eager:
            return numbers(keep.unsqueeze(1).unsqueeze(1), dtype)
        }
    }

    /// Numbers to add to scores for truth values of what may be looked at.
    static func numbers(_ keep: Tensor, _ dtype: DType) -> Tensor {
        Tensor.zeros(keep.shape, dtype: dtype, device: keep.device).maskedFill(keep.logicalNot(), lowest(dtype))
    }

    /// What is added to a blocked score: the type's lowest number, as in Python.
    static func lowest(_ dtype: DType) -> Double {
        dtype == .float64 ? -Double.greatestFiniteMagnitude : -Double(Float.greatestFiniteMagnitude)
    }
}
