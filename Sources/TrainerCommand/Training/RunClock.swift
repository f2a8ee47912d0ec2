import Foundation
import SwiftTrainer

/// Says how long each part of starting took, where the environment has `TRAINER_TIMING`.
final class RunClock {
    private let started = ContinuousClock.now
    private let isOn = ProcessInfo.processInfo.environment["TRAINER_TIMING"] != nil

    func mark(_ event: String) {
        guard isOn else { return }
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        Console.note("timing: \(event) after \(String(format: "%.3f", seconds)) s")
    }
}

/// Marks the end of the first step.
final class FirstStepTimer: TrainerCallback {
    private let clock: RunClock
    private var isDone = false

    init(_ clock: RunClock) { self.clock = clock }

    override var awaitsCheckpoint: Bool { false }

    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) throws {
        if !isDone { clock.mark("first step done") }
        isDone = true
    }
}
