import Foundation

/// A progress bar on a terminal with the loss, the rate and the time that is left; log records stand above it, and evaluation
/// has a bar of its own below it.
///
/// Lines fit the window as it is when they are drawn, at most 20 times a second.
public final class ProgressCallback: TrainerCallback {
    private var training: ProgressBar?
    private var evaluation: ProgressBar?
    private var drawn = ContinuousClock.now - .seconds(1)

    public override var awaitsCheckpoint: Bool { false }

    public override func onTrainBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
        training = ProgressBar(total: context.maxSteps, done: context.globalStep)
        draw()
    }

    public override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        training?.advance(to: context.globalStep)
        drawIfDue()
    }

    public override func onPredictionStep(_ context: CallbackContext, control: inout TrainerControl) throws {
        var bar = evaluation ?? ProgressBar(title: training == nil ? "" : "evaluation ", total: context.batchCount)
        bar.advance(to: bar.done + 1)
        evaluation = bar
        drawIfDue()
    }

    public override func onEvaluate(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws
    {
        endEvaluation()
    }

    public override func onPredict(_ context: CallbackContext, metrics: Metrics, control: inout TrainerControl) throws {
        endEvaluation()
    }

    public override func onLog(_ context: CallbackContext, logs: Metrics, control: inout TrainerControl) throws {
        // Outside training Python shows the bar alone.
        guard training != nil else { return }
        if let loss = logs["loss"] { training?.note = "loss \(LogText.significant(loss))" }
        LiveLines.clear()
        Console.write(LogText.line(logs) + "\n")
        draw()
    }

    public override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) throws { close() }

    /// Leaves the bar as it is; also where training ends with an error.
    func close() {
        guard training != nil || evaluation != nil else { return }
        evaluation = nil
        if training != nil { draw() }
        LiveLines.leave()
        training = nil
    }

    private func endEvaluation() {
        evaluation = nil
        training?.goOn()
        if training == nil { LiveLines.leave() } else { draw() }
    }

    private func drawIfDue() {
        // A step may take microseconds.
        let isFull = (evaluation ?? training).map { $0.done >= $0.total } ?? false
        if isFull || ContinuousClock.now - drawn >= .milliseconds(50) { draw() }
    }

    private func draw() {
        drawn = ContinuousClock.now
        let width = Console.width
        LiveLines.draw([training, evaluation].compactMap { $0?.line(width: width) })
    }
}
