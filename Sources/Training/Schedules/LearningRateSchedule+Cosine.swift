internal import Foundation

extension LearningRateSchedule {
    /// From 0 to 1 over `warmupSteps`, then along `cycles` cosine waves; half a wave ends at 0. Beyond `totalSteps` the
    /// wave goes on, as in Python.
    public static func cosine(warmupSteps: Int, totalSteps: Int, cycles: Double = 0.5) -> Self {
        cosine(.cosine, warmupSteps, totalSteps, cycles, minimum: 0)
    }

    /// As ``cosine(warmupSteps:totalSteps:cycles:)``, but down to `minimum`, a share of the highest learning rate.
    public static func cosineWithMinimum(
        warmupSteps: Int, totalSteps: Int, minimum: Double, cycles: Double = 0.5
    ) -> Self {
        cosine(.cosineWithMinLr, warmupSteps, totalSteps, cycles, minimum: minimum)
    }

    private static func cosine(
        _ type: SchedulerType, _ warmupSteps: Int, _ totalSteps: Int, _ cycles: Double, minimum: Double
    ) -> Self {
        Self(name: type.rawValue) { step in
            if step < warmupSteps { return warmup(step, warmupSteps) }
            return wave(progress(step, warmupSteps, totalSteps), cycles, minimum)
        }
    }

    /// As ``cosineWithMinimum(warmupSteps:totalSteps:minimum:cycles:)``, but a step ahead: warm-up begins at
    /// `1 / warmupSteps`, or at `warmupStart`, a share of the highest learning rate.
    public static func cosineWarmupWithMinimum(
        warmupSteps: Int, totalSteps: Int, minimum: Double, warmupStart: Double? = nil, cycles: Double = 0.5
    ) -> Self {
        Self(name: SchedulerType.cosineWarmupWithMinLr.rawValue) { step in
            let (step, warmup) = (Double(step), Double(warmupSteps))
            if step < warmup {
                guard let warmupStart else { return (step + 1) / max(1, warmup) }
                return warmupStart + (1 - warmupStart) * step / max(1, warmup - 1)
            }
            return wave((step - warmup + 1) / max(1, Double(totalSteps) - warmup), cycles, minimum)
        }
    }

    /// From 0 to 1 over `warmupSteps`, then `cycles` times from 1 to 0 along half a cosine wave; 0 from `totalSteps` on.
    public static func cosineWithRestarts(warmupSteps: Int, totalSteps: Int, cycles: Double = 1) -> Self {
        Self(name: SchedulerType.cosineWithRestarts.rawValue) { step in
            if step < warmupSteps { return warmup(step, warmupSteps) }
            let progress = progress(step, warmupSteps, totalSteps)
            if progress >= 1 { return 0 }
            return max(0, 0.5 * (1 + cos(.pi * (cycles * progress).truncatingRemainder(dividingBy: 1))))
        }
    }

    /// Where `cycles` cosine waves are after a share of the way, between 1 and `minimum`.
    private static func wave(_ progress: Double, _ cycles: Double, _ minimum: Double) -> Double {
        max(0, 0.5 * (1 + cos(.pi * cycles * 2 * progress)) * (1 - minimum) + minimum)
    }
}
