internal import Foundation
internal import OrderedJSON

extension DatasetCache {
    /// The fingerprint of a file's content. It is remembered in the cache's folder, with size, dates and inode of the
    /// file, so that a large file is read for it once only.
    ///
    /// - Throws: ``DatasetError/unreadableFile(path:problem:)``
    func fingerprint(ofFile path: String) throws -> Fingerprint {
        let absolute = URL(filePath: path).standardizedFileURL.path
        let note = folder.appending(path: "file-\(Fingerprint(absolute)).json")
        let state = FileState(path: path)
        if let state, let known = FileNote(contentsOf: note, path: absolute), known.state == state { return known.hash }
        var hash = XXHash64()
        var done = 0
        try FileChunks.forEach(in: path) { bytes in
            hash.update(bytes)
            done += bytes.count
            ProgressObserver.report("Hash", done: done, total: state?.size, unit: .bytes)
        }
        ProgressObserver.finish("Hash", done: done, unit: .bytes)
        let fingerprint = Fingerprint(hash: hash.value)
        // Not while it was changed; and where the note can't be written, the file is read again the next time.
        if let state, FileState(path: path) == state {
            FileNote(state: state, hash: fingerprint).write(to: note, path: absolute)
        }
        return fingerprint
    }
}

/// What is remembered of a file.
private struct FileNote {
    let state: FileState
    let hash: Fingerprint

    init(state: FileState, hash: Fingerprint) {
        self.state = state
        self.hash = hash
    }

    init?(contentsOf note: URL, path: String) {
        guard let data = FileManager.default.contents(atPath: note.path), data.count < 1 << 16,
            let json = try? JSONValue(parsing: data, source: note.path), json["path"]?.stringValue == path,
            let hash = json["hash"]?.stringValue.flatMap({ Fingerprint(digits: $0) }),
            let size = json["size"]?.intValue, let modified = json["modified"]?.intValue,
            let changed = json["changed"]?.intValue, let inode = json["inode"]?.intValue
        else { return nil }
        state = FileState(size: size, modified: modified, changed: changed, inode: inode)
        self.hash = hash
    }

    func write(to note: URL, path: String) {
        let object: JSONObject = [
            "path": .string(path), "hash": .string("\(hash)"), "size": .int(state.size),
            "modified": .int(state.modified), "changed": .int(state.changed), "inode": .int(state.inode),
        ]
        let text = JSONValue.object(object).serialized(JSONFormat(indent: 2, ensureASCII: false)) + "\n"
        try? FileManager.default.createDirectory(
            at: note.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data(text.utf8).write(to: note, options: .atomic)
    }
}
