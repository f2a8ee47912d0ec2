/// A progress bar on a terminal for work that is no training: share, bar, count, time spent and left, rate. Where standard
/// error is no terminal nothing is shown.
///
/// It is drawn at most 20 times a second.
public struct ProgressLine {
    private var bar: ProgressBar
    private let isShown: Bool
    private var drawn = ContinuousClock.now - .seconds(1)

    /// - Parameters:
    ///   - title: what stands in front.
    ///   - total: how many steps there are.
    public init(_ title: String, total: Int) {
        bar = ProgressBar(title: title.isEmpty ? "" : title + " ", total: total)
        isShown = Console.isTerminal
    }

    /// So many steps are done.
    public mutating func advance(to count: Int) {
        guard isShown, count > bar.done else { return }
        bar.advance(to: count)
        guard count >= bar.total || ContinuousClock.now - drawn >= .milliseconds(50) else { return }
        drawn = ContinuousClock.now
        LiveLines.draw([bar.line(width: Console.width)])
    }

    /// Leaves the line as it is and goes on below it.
    public func close() {
        if isShown { LiveLines.leave() }
    }
}
