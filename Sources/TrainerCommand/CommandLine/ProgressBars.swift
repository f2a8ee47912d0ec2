import SwiftTrainer

/// Shows a bar on the terminal for what `body` loads, maps and tokenizes.
///
/// - Parameter isShown: false shows nothing.
func withProgressBar<Result>(isShown: Bool = true, _ body: () throws -> Result) rethrows -> Result {
    let bar = TaskProgress(isShown: isShown)
    defer { bar.end() }
    return try withDataProgress(
        { report in
            guard !report.isFinished else { return bar.end() }
            bar.show(title: report.description, done: report.done, total: report.total)
        }, body)
}
