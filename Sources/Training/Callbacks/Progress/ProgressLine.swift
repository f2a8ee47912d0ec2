import Synchronization

/// A progress bar on a terminal for work that is no training: share, bar, count, time spent and left, rate. Where standard
/// error is no terminal nothing is shown.
///
/// It is drawn at most 20 times a second, and may be told from any thread.
public final class ProgressLine: Sendable {
    /// What is counted.
    public enum Unit: Sendable { case steps, bytes }

    private struct State {
        var bar: ProgressBar?
        var drawn = ContinuousClock.now - .seconds(1)
    }

    private let title: String
    private let total: Int
    private let unit: Unit
    private let isShown: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - title: what stands in front.
    ///   - total: how many steps or bytes there are, as far as that is known now.
    ///   - unit: what is counted.
    ///   - isShown: false shows nothing at all.
    public init(_ title: String, total: Int = 0, unit: Unit = .steps, isShown: Bool = true) {
        self.title = title.isEmpty ? "" : title + " "
        self.total = total
        self.unit = unit
        self.isShown = isShown && Console.isTerminal
    }

    /// So many are done. What is done when it is told first counts as no work of this run.
    ///
    /// - Parameters:
    ///   - count: how many are done now.
    ///   - total: how many there are, where that has changed.
    ///   - note: what stands behind the rate.
    public func advance(to count: Int, of total: Int? = nil, note: String = "") {
        guard isShown else { return }
        state.withLock { state in
            let total = total ?? self.total
            let first = unit == .bytes ? count : 0
            var bar = state.bar ?? ProgressBar(title: title, total: total, done: first, unit: unit)
            bar.total = total
            bar.note = note
            bar.advance(to: count)
            state.bar = bar
            guard count >= total || ContinuousClock.now - state.drawn >= .milliseconds(50) else { return }
            state.drawn = ContinuousClock.now
            LiveLines.draw([bar.line(width: Console.width)])
        }
    }

    /// Leaves the line as it is and goes on below it.
    public func close() {
        if state.withLock({ $0.bar != nil }) { LiveLines.leave() }
    }
}
