import Foundation

/// A progress bar on a terminal, log records above it, and a second bar for evaluation.
public final class ProgressCallback: TrainerCallback {
    private var training: ProgressBar?
    private var evaluation: ProgressBar?

    public override var awaitsCheckpoint: Bool { false }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        training = ProgressBar(title: "", total: context.maxSteps, done: context.globalStep)
        training?.draw()
    }

    public override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        training?.advance(to: context.globalStep)
    }

    public override func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) throws {
        if evaluation == nil {
            training?.clear()
            evaluation = ProgressBar(title: "evaluating ", total: context.batchCount, done: 0)
        }
        if let done = evaluation?.done { evaluation?.advance(to: done + 1) }
    }

    public override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws
    {
        endEvaluation()
    }

    public override func onPredict(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws {
        endEvaluation()
    }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        evaluation?.clear()
        training?.clear()
        if let loss = logs["loss"] { training?.note = "loss \(LogText.significant(loss))" }
        Console.write(LogText.line(logs) + "\n")
        training?.draw()
    }

    public override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        training?.draw()
        if training != nil { Console.write("\n") }
        training = nil
    }

    private func endEvaluation() {
        evaluation?.clear()
        evaluation = nil
        training?.draw()
    }
}

/// One line that is drawn over itself: share, bar, count, time spent and left, rate.
struct ProgressBar {
    let title: String
    let total: Int
    private(set) var done: Int
    var note = ""
    private let first: Int
    private let started = ContinuousClock.now
    private var drawn = ContinuousClock.now - .seconds(1)

    init(title: String, total: Int, done: Int) {
        self.title = title
        self.total = total
        self.done = done
        first = done
    }

    mutating func advance(to count: Int) {
        done = count
        // At most 20 drawings a second: a step may take microseconds.
        let now = ContinuousClock.now
        guard now - drawn >= .milliseconds(50) || done == total else { return }
        drawn = now
        draw()
    }

    func clear() { Console.write("\r\u{1B}[K") }

    func draw() {
        let share = total > 0 ? Double(done) / Double(total) : 0
        let seconds =
            Double((ContinuousClock.now - started).components.seconds)
            + Double((ContinuousClock.now - started).components.attoseconds) * 1e-18
        let rate = seconds > 0 ? Double(done - first) / seconds : 0
        let left = rate > 0 ? Double(total - done) / rate : 0
        let head = "\(title)\(String(format: "%3d", Int(share * 100)))% "
        var tail = " \(done)/\(total) [\(Self.clock(seconds))<\(rate > 0 ? Self.clock(left) : "?"), "
        tail += String(
            format: rate >= 1 || rate == 0 ? "%.1f it/s" : "%.2f s/it", rate >= 1 || rate == 0 ? rate : 1 / rate)
        tail += note.isEmpty ? "]" : ", \(note)]"
        let room = Console.width - head.count - tail.count - 3
        let filled = Int(Double(max(0, min(40, room))) * share)
        let bar =
            room > 4
            ? "|" + String(repeating: "█", count: filled) + String(repeating: " ", count: min(40, room) - filled) + "|"
            : ""
        Console.write("\r\u{1B}[K" + head + bar + tail)
    }

    /// `m:ss`, or `h:mm:ss` from an hour on.
    private static func clock(_ seconds: Double) -> String {
        let s = Int(seconds)
        return s < 3600
            ? String(format: "%d:%02d", s / 60, s % 60) : String(format: "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
    }
}
