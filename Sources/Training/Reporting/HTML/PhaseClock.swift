/// Where a run's time goes, told from its events: what lies between two of them is added to a phase. Nothing waits for the
/// device.
struct PhaseClock {
    enum Phase: String, CaseIterable {
        case data = "Waiting for data"
        case pass = "Forward, backward, clipping"
        case optimizer = "Optimizer"
        case logging = "Logging"
        case evaluation = "Evaluation"
        case saving = "Saving checkpoints"
        case other = "Other"
    }

    struct Total {
        var seconds = 0.0
        var count = 0
    }

    private(set) var totals: [Phase: Total] = [:]
    private var last: ContinuousClock.Instant?

    /// Whether a run is measured now.
    var isRunning: Bool { last != nil }

    mutating func start() {
        totals = [:]
        last = ContinuousClock.now
    }

    /// Adds the time since the last event to a phase.
    /// - Parameter isWhole: Whether the phase is over, and not only a part of it.
    mutating func mark(_ phase: Phase, isWhole: Bool = true) {
        guard let last else { return }
        let now = ContinuousClock.now
        totals[phase, default: Total()].seconds += (now - last) / .seconds(1)
        if isWhole { totals[phase, default: Total()].count += 1 }
        self.last = now
    }

    mutating func stop() {
        mark(.other)
        last = nil
    }

    /// The phases that took time, the slowest first.
    var slowest: [(phase: Phase, total: Total)] {
        Phase.allCases.compactMap { phase in totals[phase].map { (phase, $0) } }
            .filter { $0.1.seconds > 0 }.sorted { $0.1.seconds > $1.1.seconds }
    }
}
