import Foundation

/// What the disk has to spare.
enum SystemResources {
    /// Bytes that may still be written into the folder's file system; nil: not known.
    static func diskSpace(_ folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return overflow ? nil : bytes
    }
}
