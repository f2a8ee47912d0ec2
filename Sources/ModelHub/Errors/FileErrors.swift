import Foundation
import LocalFiles

extension HubError {
    /// What the last failed system call of this thread says about a path.
    static func system(_ path: String, _ code: Int32 = errno) -> HubError {
        .file(path: path, reason: String(cString: strerror(code)))
    }

    /// Turns what goes wrong with a file into ``file(path:reason:)``.
    static func onDisk<Result>(_ path: String, _ body: () throws -> Result) throws(HubError) -> Result {
        do {
            return try body()
        } catch let error as HubError {
            throw error
        } catch let failure as FileFailure {
            throw .file(path: failure.path ?? path, reason: failure.reason)
        } catch {
            throw .file(path: path, reason: "\(error)")
        }
    }
}
