internal import Foundation

extension LearningRateSchedule {
    /// From 0 to 1 over `warmupSteps`, then down from `learningRate` to `end` along a power of the steps left.
    ///
    /// - Parameters:
    ///   - warmupSteps: Steps of the rise.
    ///   - totalSteps: Steps of the whole run.
    ///   - learningRate: The highest one, above `end`.
    ///   - end: The learning rate from `totalSteps` on.
    ///   - power: 1: straight down.
    public static func polynomial(
        warmupSteps: Int, totalSteps: Int, learningRate: Double, end: Double = 1e-7, power: Double = 1
    ) -> Self {
        Self(name: SchedulerType.polynomial.rawValue) { step in
            if step < warmupSteps { return warmup(step, warmupSteps) }
            let decaySteps = totalSteps - warmupSteps
            if step > totalSteps || decaySteps == 0 { return end / learningRate }
            let left = 1 - Double(step - warmupSteps) / Double(decaySteps)
            return ((learningRate - end) * pow(left, power) + end) / learningRate
        }
    }

    /// From 0 to 1 over `warmupSteps`, then as the inverse of the steps' square root.
    ///
    /// - Parameters:
    ///   - warmupSteps: Steps of the rise.
    ///   - timescale: Steps after which the rate is lower by the square root of 2, counted from warm-up's end (above 0).
    ///     Default: `warmupSteps`, or 10,000 without warm-up.
    public static func inverseSqrt(warmupSteps: Int, timescale: Double? = nil) -> Self {
        let timescale = timescale ?? Double(warmupSteps == 0 ? 10_000 : warmupSteps)
        return Self(name: SchedulerType.inverseSqrt.rawValue) { step in
            if step < warmupSteps { return warmup(step, warmupSteps) }
            return 1 / ((Double(step) + (timescale - Double(warmupSteps))) / timescale).squareRoot()
        }
    }

    /// The shape of a rise or fall.
    public enum RampShape: String, Sendable, CaseIterable {
        case linear
        case cosine
        /// One minus the square root of the way: fast at the learning rate's end.
        case oneMinusSqrt = "1-sqrt"

        func rise(_ progress: Double) -> Double {
            switch self {
            case .linear: progress
            case .cosine: 0.5 * (1 - cos(.pi * progress))
            case .oneMinusSqrt: 1 - (1 - progress).squareRoot()
            }
        }

        func fall(_ progress: Double, _ cycles: Double) -> Double {
            switch self {
            case .linear: 1 - progress
            case .cosine: 0.5 * (1 + cos(.pi * cycles * 2 * progress))
            case .oneMinusSqrt: 1 - progress.squareRoot()
            }
        }
    }

    /// Up over `warmupSteps`, then 1 for `stableSteps`, then down over `decaySteps`; `minimum` before and after.
    ///
    /// - Parameters:
    ///   - warmupSteps: Steps of the rise.
    ///   - stableSteps: Steps at the highest learning rate.
    ///   - decaySteps: Steps of the fall.
    ///   - warmupShape: The shape of the rise.
    ///   - decayShape: The shape of the fall.
    ///   - minimum: A share of the highest learning rate.
    ///   - cycles: Cosine waves of the decay; half a wave ends at the minimum.
    public static func warmupStableDecay(
        warmupSteps: Int, stableSteps: Int, decaySteps: Int, warmupShape: RampShape = .linear,
        decayShape: RampShape = .cosine, minimum: Double = 0, cycles: Double = 0.5
    ) -> Self {
        @Sendable func aboveMinimum(_ factor: Double) -> Double { max(0, factor * (1 - minimum) + minimum) }
        return Self(name: SchedulerType.warmupStableDecay.rawValue) { step in
            if step < warmupSteps { return aboveMinimum(warmupShape.rise(warmup(step, warmupSteps))) }
            if step < warmupSteps + stableSteps { return 1 }
            guard step < warmupSteps + stableSteps + decaySteps else { return minimum }
            let progress = Double(step - warmupSteps - stableSteps) / Double(max(1, decaySteps))
            return aboveMinimum(decayShape.fall(progress, cycles))
        }
    }
}
