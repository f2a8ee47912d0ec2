import Foundation
import OrderedJSON
import Synchronization

/// How much memory the trainer's stages take, with Python's names: `train_mem_cpu_alloc_delta` is what a stage left
/// allocated, `train_mem_cpu_peaked_delta` what it took beyond that for a while; bytes of resident memory.
///
/// A stage within another (evaluation during training) counts with the outer one.
final class MemoryTracker {
    enum Stage: String {
        case initialization = "init"
        case training = "train"
        case evaluation = "eval"
        case prediction = "test"
    }

    private var current: (stage: Stage, start: Int, sampler: MemorySampler)?
    private var deltas: [Stage: (allocated: Int, peaked: Int)] = [:]
    /// Memory before the trainer was made; told once.
    private var before: Int?

    deinit { _ = current?.sampler.stop() }

    func start(_ stage: Stage) {
        guard current == nil else { return }
        let now = ResidentMemory.bytes
        if stage == .initialization { before = now }
        current = (stage, now, MemorySampler(now))
    }

    func stop(_ stage: Stage) {
        guard let current, current.stage == stage else { return }
        let peak = current.sampler.stop()
        let now = ResidentMemory.bytes
        deltas[stage] = (now - current.start, max(0, peak - now))
        self.current = nil
    }

    /// Ends a stage and adds its figures to `metrics`; the first time those of the trainer's making, too.
    func stop(_ stage: Stage, adding metrics: inout Metrics) {
        guard current?.stage == stage else { return }
        stop(stage)
        for told in before == nil ? [stage] : [.initialization, stage] {
            guard let delta = deltas[told] else { continue }
            metrics.set("\(told.rawValue)_mem_cpu_alloc_delta", .int(delta.allocated))
            metrics.set("\(told.rawValue)_mem_cpu_peaked_delta", .int(delta.peaked))
        }
        if let before { metrics.set("before_init_mem_cpu", .int(before)) }
        before = nil
    }
}

/// Looks at the resident memory every millisecond until told to stop.
private final class MemorySampler: Sendable {
    private let peak: Atomic<Int>
    private let isRunning = Atomic<Bool>(true)

    init(_ start: Int) {
        peak = Atomic(start)
        let thread = Thread { [self] in
            while isRunning.load(ordering: .relaxed) {
                note(ResidentMemory.bytes)
                usleep(1000)
            }
        }
        thread.start()
    }

    /// - Returns: The most bytes that were seen.
    func stop() -> Int {
        isRunning.store(false, ordering: .relaxed)
        note(ResidentMemory.bytes)
        return peak.load(ordering: .relaxed)
    }

    private func note(_ bytes: Int) { _ = peak.max(bytes, ordering: .relaxed) }
}
