import Foundation
import Synchronization

/// Where warnings go, of a model that is loaded or a run that is resumed: standard error unless replaced.
public enum Warnings {
    private static let sink = Mutex<@Sendable (String) -> Void>({ text in
        FileHandle.standardError.write(Data("warning: \(text)\n".utf8))
    })

    /// Gives all later warnings to `body`.
    public static func send(to body: @escaping @Sendable (String) -> Void) { sink.withLock { $0 = body } }

    /// Whether warnings are passed on at all; the last trainer's `logLevel` decides, as in Python.
    static var isShown: Bool {
        get { shown.load(ordering: .relaxed) }
        set { shown.store(newValue, ordering: .relaxed) }
    }
    private static let shown = Atomic<Bool>(true)

    /// Warns of something that is allowed but may not be meant.
    public static func warn(_ text: String) {
        guard isShown else { return }
        LiveLines.clear()
        sink.withLock { $0 }(text)
    }
}
