import Foundation
import SwiftTrainer

/// A line on the terminal that shows how far a download or an upload is; nothing elsewhere, or where
/// `HF_HUB_DISABLE_PROGRESS_BARS` is set.
struct TransferBar: Sendable {
    private let line: ProgressLine

    init(_ title: String) {
        line = ProgressLine(title + ":", unit: .bytes, isShown: !HubEnvironment.current.disablesProgressBars)
    }

    /// To be told of the progress.
    var update: TransferProgressHandler {
        { [line] progress in
            if let notice = progress.notice { return Warnings.warn(notice) }
            guard progress.bytesTotal > 0 else { return }
            line.advance(
                to: progress.bytesDone, of: progress.bytesTotal,
                note: "\(progress.filesDone)/\(progress.filesTotal) files")
        }
    }

    /// Goes on in the line below.
    func close() { line.close() }
}
