import Foundation
import Training

/// Cosines and sines by which queries and keys are rotated.
final class RotaryEmbedding {
    private let configuration: RotaryConfiguration
    private let original: Tensor
    private let attentionFactor: Double
    init(_ configuration: RotaryConfiguration) {
        self.configuration = configuration
        original = configuration.frequencies
        if case .yarn(let settings) = configuration.scaling {
            attentionFactor = settings.attentionFactor
        } else {
            attentionFactor = 1
        }
    }

    /// - Parameters:
    ///   - positionIds: `[N, L]` or `[1, L]`
    ///   - end: One more than the largest of them.
    ///   - dtype: Type of the result.
    func callAsFunction(_ positionIds: Tensor, end: Int, dtype: DType) -> Rotation {
        noGrad {
            let frequencies = frequencies(end).to(device: positionIds.device)
            let angles = positionIds.unsqueeze(-1).to(.float32) * frequencies
            let both = Tensor.cat([angles, angles], dim: -1).unsqueeze(1)
            let (cosines, sines) = (both.cos(), both.sin())
            guard attentionFactor != 1 else { return Rotation(cosines: cosines.to(dtype), sines: sines.to(dtype)) }
            return Rotation(
                cosines: (cosines * attentionFactor).to(dtype), sines: (sines * attentionFactor).to(dtype))
        }
    }

    /// `dynamic` scaling goes by the length of the text at hand. Python goes on with the frequencies of the longest text so
    /// far, so that results depend on what came before; here they do not.
    private func frequencies(_ end: Int) -> Tensor {
        guard case .dynamic = configuration.scaling, end > configuration.maxPositionEmbeddings else { return original }
        return configuration.frequencies(forPositions: end)
    }
}

/// The rotations of some positions.
struct Rotation {
    /// `[N or 1, 1, L, size]`
    let cosines: Tensor
    let sines: Tensor

    /// `[N, heads, L, size]` → the same
    func callAsFunction(_ x: Tensor) -> Tensor {
        let halves = x.chunk(2, dim: -1)
        return x * cosines + Tensor.cat([-halves[1], halves[0]], dim: -1) * sines
    }
}

extension RotaryConfiguration {
    /// The frequencies at first, float32 `[dimension / 2]`, rounded as Python rounds them.
    var frequencies: Tensor {
        switch scaling {
        case .none: unscaled(theta)
        case .linear(let factor): unscaled(theta) / factor
        case .dynamic: frequencies(forPositions: maxPositionEmbeddings)
        case .llama3(let factor, let low, let high, let positions):
            llama3(factor, low: low, high: high, positions: Double(positions))
        case .yarn(let settings): yarn(settings)
        }
    }

    /// The frequencies of `dynamic` scaling for texts of this length.
    func frequencies(forPositions length: Int) -> Tensor {
        guard case .dynamic(let factor) = scaling else { return frequencies }
        let (size, positions) = (Double(dimension), Double(max(length, maxPositionEmbeddings)))
        guard dimension > 2 else { return unscaled(theta) }
        let stretch = factor * positions / Double(maxPositionEmbeddings) - (factor - 1)
        return unscaled(theta * pow(stretch, size / (size - 2)))
    }

    private var exponents: Tensor {
        Tensor.arange(start: 0, end: dimension, step: 2, dtype: .float32) / Double(dimension)
    }

    private func unscaled(_ base: Double) -> Tensor { Tensor.pow(base, exponents).reciprocal() }

    private func llama3(_ factor: Double, low: Double, high: Double, positions: Double) -> Tensor {
        let plain = unscaled(theta)
        let lengths = plain.reciprocal() * (2 * Double.pi)
        let isLow = lengths.gt(positions / low)
        let stretched = (plain / factor).where(isLow, plain)
        let share = (lengths.reciprocal() * positions - low) / (high - low)
        let smoothed = (1 - share) * stretched / factor + share * stretched
        let isMiddle = lengths.lt(positions / high).logicalNot().logicalAnd(isLow.logicalNot())
        return smoothed.where(isMiddle, stretched)
    }

    private func yarn(_ settings: YaRN) -> Tensor {
        func place(_ rotations: Double) -> Double {
            Double(dimension) * log(Double(settings.originalPositions) / (rotations * 2 * Double.pi)) / (2 * log(theta))
        }
        var (low, high) = (place(settings.betaFast), place(settings.betaSlow))
        if settings.truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        low = max(low, 0)
        high = min(high, Double(dimension - 1))
        if low == high { high += 0.001 }
        let ramp = ((Tensor.arange(dimension / 2, dtype: .float32) - low) / (high - low)).clamp(min: 0, max: 1)
        let powers = Tensor.pow(theta, exponents)
        let kept = 1 - ramp
        return (powers * settings.factor).reciprocal() * (1 - kept) + powers.reciprocal() * kept
    }
}
