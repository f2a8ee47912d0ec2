import Foundation

/// Why a file operation failed. Modules turn it into the error of their own that they document.
package struct FileFailure: Error, Hashable {
    /// The file or folder; nil where the caller knows it better.
    package let path: String?
    package let reason: String

    package init(path: String? = nil, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// What the system says about its last refusal.
    static func system(_ path: String, _ code: Int32 = errno) -> FileFailure {
        FileFailure(path: path, reason: String(cString: strerror(code)))
    }

    package static func systemReason() -> String { String(cString: strerror(errno)) }
}
