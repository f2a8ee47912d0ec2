import Foundation

extension HubError {
    /// What the last failed system call of this thread says about a path.
    static func system(_ path: String, _ code: Int32 = errno) -> HubError {
        .file(path: path, reason: String(cString: strerror(code)))
    }
}
