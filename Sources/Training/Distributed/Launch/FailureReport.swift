/// What a person reads when ranks have failed.
enum FailureReport {
    /// The failed rank's last lines under its number; nil where nothing failed, or a person ended the run.
    static func text(_ result: SupervisionResult, worldSize: Int) -> String? {
        guard case .failed(let rank, let end) = result.cause else { return nil }
        let others = worldSize > 1 ? "; the other ranks were stopped" : ""
        var text = ""
        if worldSize > 1, !result.lastLines.isEmpty {
            text += "--- rank \(rank), the first to fail, wrote last:\n"
            text += result.lastLines.map { "    \($0)\n" }.joined()
        }
        return text + "error: rank \(rank) \(end)\(others)\n"
    }
}
