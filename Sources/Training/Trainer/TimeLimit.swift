/// The longest that a call of `train` may take.
struct TimeLimit {
    private let end: ContinuousClock.Instant

    /// Nil where there is none; counted from now.
    init?(seconds: Double?) {
        guard let seconds else { return nil }
        end = .now + .seconds(seconds)
    }

    var isReached: Bool { ContinuousClock.now >= end }
}
