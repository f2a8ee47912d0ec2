/// Why training, evaluation or prediction could not start or go on.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
    /// An argument does not fit the rest.
    case argument(String)
    /// The data cannot be used.
    case data(String)
    /// The loss of a step is not a finite number.
    case nonFiniteLoss(value: String, step: Int, rows: [Int], tensor: String?)
    /// libtorch refused a step.
    case stepFailed(step: Int, rows: [Int], reason: String)
    /// No checkpoint where one was wanted, or one that cannot be read.
    case checkpoint(String)
    /// A checkpoint could not be written; `newest` is the folder of the newest one there is.
    case unsaved(step: Int, reason: String, newest: String?)
    /// The output folder cannot be written.
    case unwritable(folder: String, reason: String)
    /// A log or report that cannot be written.
    case report(String)
    /// SIGINT or SIGTERM came; the state was saved where the arguments ask for it.
    case interrupted(signal: Int32, step: Int, checkpoint: String?)

    public var description: String {
        switch self {
        case .argument(let text), .data(let text), .checkpoint(let text), .report(let text): text
        case .nonFiniteLoss(let value, let step, let rows, let tensor):
            "the loss of step \(step) is \(value)"
                + (rows.isEmpty ? "" : " (rows \(Self.list(rows)) of the training data)")
                + (tensor.map { "; first affected: \($0)" } ?? "")
                + "; try a lower learning rate, or --on-non-finite-loss continue"
        case .stepFailed(let step, let rows, let reason):
            "step \(step) failed (rows \(Self.list(rows)) of the training data): \(reason)"
        case .unsaved(let step, let reason, let newest):
            "the checkpoint of step \(step) could not be saved: \(reason)"
                + (newest.map { "; the newest one is \($0)" } ?? "; there is no other")
        case .unwritable(let folder, let reason): "cannot write to the output folder \(folder): \(reason)"
        case .interrupted(_, let step, let checkpoint):
            "interrupted after step \(step)" + (checkpoint.map { "; the state is in \($0)" } ?? "; nothing was saved")
        }
    }

    private static func list(_ rows: [Int]) -> String {
        rows.prefix(8).map { "\($0)" }.joined(separator: ", ") + (rows.count > 8 ? ", …" : "")
    }
}
