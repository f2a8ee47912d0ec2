import Foundation
import Synchronization

/// Where the warnings of loading a model go: standard error unless replaced.
public enum ModelWarnings {
    private static let sink = Mutex<@Sendable (String) -> Void>({ text in
        FileHandle.standardError.write(Data((text + "\n").utf8))
    })

    /// Gives all later warnings to `body`.
    public static func send(to body: @escaping @Sendable (String) -> Void) { sink.withLock { $0 = body } }

    static func warn(_ text: String) { sink.withLock { $0 }(text) }
}
