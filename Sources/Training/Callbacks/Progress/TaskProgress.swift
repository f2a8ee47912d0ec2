import Synchronization

/// A progress bar on the terminal for work beside training: loading, tokenizing. Nothing is drawn where standard error is
/// no terminal.
public final class TaskProgress: Sendable {
    private struct State {
        var bar: ProgressBar?
        var drawn = ContinuousClock.now - .seconds(1)
    }

    private let state = Mutex(State())
    private let isShown: Bool

    /// - Parameter isShown: false draws nothing at all; true, the default, where there is a terminal.
    public init(isShown: Bool = true) { self.isShown = isShown && Console.isTerminal }

    /// Shows how far a task is; another title begins another bar in the place of this one.
    ///
    /// - Parameters:
    ///   - title: What is done.
    ///   - done: How much of it is done.
    ///   - total: How much there is; nil where that is not known: a number is shown in the place of a bar.
    public func show(title: String, done: Int, total: Int?) {
        guard isShown else { return }
        state.withLock { state in
            var bar =
                if let bar = state.bar, bar.title == title + " ", bar.done <= done { bar } else {
                    ProgressBar(title: title + " ", total: total ?? 0)
                }
            bar.advance(to: done)
            state.bar = bar
            guard ContinuousClock.now - state.drawn >= .milliseconds(50) else { return }
            state.drawn = ContinuousClock.now
            LiveLines.draw([total == nil ? "\(title) \(done)" : bar.line(width: Console.width)])
        }
    }

    /// Takes the bar away.
    public func end() {
        state.withLock { state in
            if state.bar != nil { LiveLines.clear() }
            state.bar = nil
        }
    }
}
