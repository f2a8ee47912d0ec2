import Foundation
import LocalFiles

/// Makes folders one by one, and goes through no link on the way to a repository's file.
enum FolderMaker {
    /// - Throws: ``HubError/file(path:reason:)``.
    static func make(_ folder: URL) throws(HubError) {
        try HubError.onDisk(folder.path) { try DurableFile.makeFolder(folder.path) }
    }

    /// The folders in front of a file's own name.
    static func make(parentsOf path: RepositoryPath, in folder: URL) throws(HubError) {
        try make(folder)
        var place = folder.path
        for part in path.parts.dropLast() {
            place += (place.hasSuffix("/") ? "" : "/") + part
            if mkdir(place, 0o777) == 0 { continue }
            let code = errno
            guard code == EEXIST else { throw .system(place, code) }
            var status = stat()
            guard lstat(place, &status) == 0 else { throw .system(place) }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw .file(path: place, reason: "it is no folder (a link or a file is in the way)")
            }
        }
    }
}
