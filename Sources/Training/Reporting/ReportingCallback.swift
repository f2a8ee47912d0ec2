import Foundation

/// A callback that writes log records to a file of its own.
///
/// A file that cannot be made ends the run before its first step. One that cannot be written later (a full disk) is
/// warned of once, and training goes on without it.
public class ReportingCallback: TrainerCallback {
    private var hasFailed = false

    open override var awaitsCheckpoint: Bool { false }

    /// What it writes, for messages: `the TensorBoard log`.
    var subject: String { "the log" }

    /// Writes where nothing failed before.
    func report(_ body: () throws -> Void) {
        guard !hasFailed else { return }
        do {
            try body()
        } catch {
            hasFailed = true
            Warnings.warn("\(subject) ends here, training goes on: \(error)")
        }
    }

    /// Prepares what is written to; a failure ends the run.
    func open(_ body: () throws -> Void) throws {
        hasFailed = false
        do {
            try body()
        } catch let error as FileOperationError {
            throw TrainingError.report("cannot write \(subject): \(error)")
        }
    }
}
