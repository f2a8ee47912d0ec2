import Foundation

/// The checkpoints of an output folder: `checkpoint-<step>`.
enum CheckpointFolders {
    static let prefix = "checkpoint-"
    /// Folders that are being written, or were when the program died.
    static let temporaryPrefix = ".tmp-checkpoint-"
    /// A checkpoint that makes room for one of the same step has this before its name meanwhile.
    static let replacedPrefix = ".replaced-"
    /// What else is written beside its place.
    static let temporaryModel = ".tmp-model"
    static let temporaryProbe = ".tmp-write-test"

    static func url(of step: Int, in folder: URL) -> URL { folder.appending(path: "\(prefix)\(step)") }

    /// Step and folder of every checkpoint, by step.
    static func all(in folder: URL) -> [(step: Int, url: URL)] {
        names(in: folder).compactMap { name in
            guard let step = step(ofName: name) else { return nil }
            let url = folder.appending(path: name)
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            return exists && isFolder.boolValue ? (step, url) : nil
        }.sorted { $0.step < $1.step }
    }

    /// The step in a checkpoint's name; nil for another name.
    static func step(ofName name: String) -> Int? {
        guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step >= 0 else { return nil }
        return step
    }

    /// Oldest first: by time, or by step where the times tell nothing (copied folders), as in Python.
    static func byAge(in folder: URL) -> [(step: Int, url: URL)] {
        let dated = all(in: folder).map { entry in
            let attributes = try? FileManager.default.attributesOfItem(atPath: entry.url.path)
            return (entry: entry, date: attributes?[.modificationDate] as? Date ?? .distantPast)
        }
        let dates = dated.map { $0.date }
        guard let first = dates.min(), let last = dates.max(), last.timeIntervalSince(first) >= 1 else {
            return dated.map { $0.entry }
        }
        return dated.sorted { ($0.date, $0.entry.step) < ($1.date, $1.entry.step) }.map { $0.entry }
    }

    /// Checkpoints that made room for others which never came, with the place that they go back to.
    static func displaced(in folder: URL) -> [(url: URL, place: URL)] {
        names(in: folder).filter { $0.hasPrefix(replacedPrefix) }.map { name in
            (folder.appending(path: name), folder.appending(path: String(name.dropFirst(replacedPrefix.count))))
        }
    }

    /// What runs that died left behind of checkpoints; other files are taken up by who writes them.
    static func abandoned(in folder: URL) -> [URL] {
        names(in: folder).filter {
            $0.hasPrefix(temporaryPrefix) || $0 == temporaryModel || $0 == temporaryProbe
        }.map { folder.appending(path: $0) }
    }

    /// Whether there are a model's weights, or an adapter's.
    static func hasWeights(_ folder: URL) -> Bool { hasWholeWeights(folder) || has(WeightFiles.adapter, in: folder) }

    static func hasWholeWeights(_ folder: URL) -> Bool {
        [WeightFiles.whole, WeightFiles.index].contains { has($0, in: folder) }
    }

    private static func has(_ name: String, in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    private static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }
}
