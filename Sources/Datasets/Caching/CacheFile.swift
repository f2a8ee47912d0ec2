internal import Foundation
internal import LocalFiles
internal import OrderedJSON

/// A kept Arrow file, and beside it a record of its key, size and hash by which it is checked.
struct CacheFile {
    let path: String
    let key: Fingerprint

    private var recordPath: String { path + ".json" }

    /// The rows; nil where there is no file of that key, or not the whole of it.
    func load() -> (rows: Dataset, note: JSONValue)? {
        guard let record = CacheRecord(contentsOf: recordPath), record.key == key, let now = FileState(path: path),
            now.size == record.size
        else { return nil }
        if now.modified != record.modified {
            // Copied, or changed: the content decides.
            guard let hash = try? Fingerprint(contentsOf: URL(filePath: path)), hash == record.hash else { return nil }
        }
        guard let dataset = try? Dataset.fromArrow([path]) else { return nil }
        for column in dataset.table.columns {
            column.array.origin.settle(Fingerprint("arrow", record.hash, column.name).hash)
        }
        return (dataset, record.note)
    }

    /// Writes beside the file first, and puts it in place when it is whole.
    func write(_ make: (String) throws -> (content: Fingerprint, note: JSONValue)) throws {
        removeLeftovers()
        let temporary = "\(path).\(getpid()).tmp"
        defer { unlink(temporary) }
        let (hash, note) = try make(temporary)
        guard let state = FileState(path: temporary) else { throw failure(temporary) }
        // A record of what was there before would not fit the new file.
        unlink(recordPath)
        try DatasetError.writing(path) { try DurableFile.move(temporary, to: path) }
        try CacheRecord(key: key, hash: hash, size: state.size, modified: state.modified, note: note)
            .write(to: recordPath)
    }

    func makeFolder() throws {
        try DatasetError.writing(path) {
            try DurableFile.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
        }
    }

    /// What a process left that was ended while it wrote; none writes now, for the lock is held.
    private func removeLeftovers() {
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let start = url.lastPathComponent + "."
        for name in names where name.hasPrefix(start) && name.hasSuffix(".tmp") {
            // Others' files have longer names.
            let number = name.dropFirst(start.count).dropLast(".tmp".count)
            guard !number.isEmpty, number.allSatisfy(\.isNumber) else { continue }
            unlink(folder.appending(path: name).path)
        }
    }

    private func failure(_ path: String) -> DatasetError {
        .unwritableFile(path: path, problem: String(cString: strerror(errno)))
    }
}

/// What is known about a kept file.
private struct CacheRecord {
    let key: Fingerprint
    let hash: Fingerprint
    let size: Int
    /// Nanoseconds.
    let modified: Int
    /// What else is kept beside the rows.
    let note: JSONValue

    init(key: Fingerprint, hash: Fingerprint, size: Int, modified: Int, note: JSONValue) {
        self.key = key
        self.hash = hash
        self.size = size
        self.modified = modified
        self.note = note
    }

    init?(contentsOf path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let json = try? JSONValue(parsing: data, source: path),
            let key = json["key"]?.stringValue.flatMap({ Fingerprint(digits: $0) }),
            let hash = json["hash"]?.stringValue.flatMap({ Fingerprint(digits: $0) }),
            let size = json["size"]?.intValue, let modified = json["modified"]?.intValue
        else { return nil }
        self.init(key: key, hash: hash, size: size, modified: modified, note: json["note"] ?? .null)
    }

    func write(to path: String) throws {
        let object: JSONObject = [
            "key": .string("\(key)"), "hash": .string("\(hash)"), "size": .int(size), "modified": .int(modified),
            "note": note,
        ]
        let text = JSONValue.object(object).serialized(JSONFormat(indent: 2, ensureASCII: false)) + "\n"
        try DatasetError.writing(path) { try DurableFile.replace(path, Data(text.utf8)) }
    }
}
