internal import Foundation

/// What the file system says about a file.
struct FileState: Equatable {
    let size: Int
    /// Nanoseconds.
    let modified: Int
    /// Of anything about the file, its content included.
    let changed: Int
    let inode: Int

    init(size: Int, modified: Int, changed: Int, inode: Int) {
        self.size = size
        self.modified = modified
        self.changed = changed
        self.inode = inode
    }

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        size = Int(status.st_size)
        #if canImport(Darwin)
            modified = status.st_mtimespec.tv_sec * 1_000_000_000 + status.st_mtimespec.tv_nsec
            changed = status.st_ctimespec.tv_sec * 1_000_000_000 + status.st_ctimespec.tv_nsec
        #else
            modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
            changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        #endif
        inode = Int(truncatingIfNeeded: status.st_ino)
    }
}
