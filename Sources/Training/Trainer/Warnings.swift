import Foundation
import Synchronization

/// Where warnings go, of a model that is loaded or a run that is resumed: standard error unless replaced.
public enum Warnings {
    private static let sink = Mutex<@Sendable (String) -> Void>({ text in
        FileHandle.standardError.write(Data("warning: \(text)\n".utf8))
    })

    /// Gives all later warnings to `body`.
    public static func send(to body: @escaping @Sendable (String) -> Void) { sink.withLock { $0 = body } }

    /// Warns of something that is allowed but may not be meant.
    public static func warn(_ text: String) { sink.withLock { $0 }(text) }
}
