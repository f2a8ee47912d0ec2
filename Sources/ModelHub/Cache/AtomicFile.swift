import Foundation

/// Files that are there whole or not at all.
enum AtomicFile {
    /// - Throws: ``HubError/file(path:reason:)``; nothing is left then.
    static func write(_ data: Data, to file: URL) throws(HubError) {
        let temporary = temporary(beside: file.path)
        do {
            let handle = try FileDescriptor(temporary, .readWrite)
            try handle.write(data, at: 0)
            try handle.synchronize()
        } catch {
            unlink(temporary)
            throw error as? HubError ?? .file(path: file.path, reason: "\(error)")
        }
        try move(temporary, to: file.path)
    }

    static func temporary(beside path: String) -> String {
        let name = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(path).\(String(repeating: "0", count: 8 - name.count))\(name).tmp"
    }

    static func move(_ temporary: String, to path: String) throws(HubError) {
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw .system(path, code)
        }
    }
}

/// Makes folders one by one, and goes through no link on the way to a repository's file.
enum FolderMaker {
    /// - Throws: ``HubError/file(path:reason:)``.
    static func make(_ folder: URL) throws(HubError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .file(path: folder.path, reason: "the folder cannot be made: \(error.localizedDescription)")
        }
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
