import Foundation

/// A file that grows during a run; everything is handed to the system at once.
final class LogFile {
    enum Opening {
        /// Empties a file that exists.
        case new
        /// Goes on at its end.
        case existing
    }

    let path: String
    private let descriptor: Int32

    /// - Throws: ``FileOperationError``.
    init(_ path: String, _ opening: Opening) throws {
        self.path = path
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (opening == .new ? O_TRUNC : 0)
        descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw FileOperationError.last("write", path) }
    }

    deinit { close(descriptor) }

    func append(_ text: String) throws { try append(Array(text.utf8)) }

    /// - Throws: ``FileOperationError``.
    func append(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileOperationError.last("write", path) }
            rest = rest.dropFirst(count)
        }
    }
}
