import Foundation
import SwiftTrainer
import Synchronization

/// A line on the terminal that shows how far a download or an upload is; nothing elsewhere, or where
/// `HF_HUB_DISABLE_PROGRESS_BARS` is set.
final class TransferBar: Sendable {
    private struct State {
        var started = ContinuousClock.now
        var first: Int?
        var drawn: ContinuousClock.Instant?
        var isOpen = false
    }
    private let title: String
    private let isShown: Bool
    private let state = Mutex(State())
    private static let pause = Duration.milliseconds(100)

    init(_ title: String) {
        self.title = title
        isShown =
            isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
            && !HubEnvironment.current.disablesProgressBars
    }

    /// To be told of the progress.
    var update: TransferProgressHandler { { [self] progress in show(progress) } }

    private func show(_ progress: TransferProgress) {
        guard isShown, progress.bytesTotal > 0 else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            // What an earlier download has left is no speed of this one.
            let first = state.first ?? progress.bytesDone
            state.first = first
            let isEnd = progress.filesDone == progress.filesTotal
            if let drawn = state.drawn, now - drawn < Self.pause, !isEnd { return }
            state.drawn = now
            state.isOpen = true
            let seconds = max((now - state.started) / .seconds(1), 0.001)
            let rate = Double(progress.bytesDone - first) / seconds
            FileHandle.standardError.write(Data("\r\u{1B}[K\(line(progress, rate))".utf8))
        }
    }

    private func line(_ progress: TransferProgress, _ rate: Double) -> String {
        let share = min(1, Double(progress.bytesDone) / Double(progress.bytesTotal))
        let filled = Int(share * 20)
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: 20 - filled)
        return "\(title): \(Int(share * 100))%|\(bar)| \(ByteText.of(progress.bytesDone))/"
            + "\(ByteText.of(progress.bytesTotal)), \(progress.filesDone)/\(progress.filesTotal) files, "
            + "\(ByteText.of(Int(max(0, rate))))/s"
    }

    /// Goes on in the line below.
    func close() {
        state.withLock { state in
            if state.isOpen { FileHandle.standardError.write(Data("\n".utf8)) }
            state.isOpen = false
        }
    }
}

/// Numbers of bytes for people: `1.3 GB`.
enum ByteText {
    static func of(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 { return unit == "B" ? "\(bytes) B" : String(format: "%.1f \(unit)", value) }
            value /= 1000
        }
        return String(format: "%.1f TB", value)
    }
}
