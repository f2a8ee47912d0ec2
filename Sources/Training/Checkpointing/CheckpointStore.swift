import Foundation

/// Puts checkpoints into an output folder and takes them out, so that whatever stops the program or the machine at any
/// moment, every folder named `checkpoint-<step>` is whole.
///
/// Two rules make it so. A folder gets its name only when all in it is on the disk; and nothing is removed from a folder
/// before it is on the disk that the folder has lost its name.
struct CheckpointStore: Sendable {
    let files: any FileOperations
    let output: URL

    /// Writes `checkpoint-<step>`, whole or not at all.
    ///
    /// - Returns: The checkpoint's folder, once it is on the disk.
    /// - Throws: What the file operations throw; older checkpoints are as they were.
    @discardableResult
    func publish(_ snapshot: CheckpointSnapshot) throws -> URL {
        let target = CheckpointFolders.url(of: snapshot.step, in: output)
        let temporary = output.appending(path: CheckpointFolders.temporaryPrefix + "\(snapshot.step)")
        do {
            try files.createDurableDirectory(output.path)
            try cleanUp()
            try files.createDirectory(temporary.path)
            try snapshot.write(into: temporary, files)
            try place(temporary, as: target)
        } catch {
            // What is left half written is cleaned away now, or by the next run.
            try? files.remove(temporary.path)
            throw error
        }
        return target
    }

    /// Puts a finished folder in its place. Where one of that step is there (a run gone back to an earlier step), it makes
    /// room first, and comes back where the new one cannot take its place; ``cleanUp()`` does so after a kill in between.
    private func place(_ temporary: URL, as target: URL) throws {
        guard exists(target) else {
            try files.rename(temporary.path, to: target.path)
            return try files.synchronize(output.path)
        }
        let old = output.appending(path: CheckpointFolders.replacedPrefix + target.lastPathComponent)
        try files.rename(target.path, to: old.path)
        do {
            try files.rename(temporary.path, to: target.path)
        } catch {
            try? files.rename(old.path, to: target.path)
            throw error
        }
        try files.synchronize(output.path)
        // The new checkpoint is in its place; what cannot be removed now is tried again by the next save.
        try? files.remove(old.path)
    }

    /// Removes what runs that were stopped left unfinished, and brings back checkpoints that had made room for others. What
    /// cannot be removed is in nobody's way, and stays.
    func cleanUp() throws {
        let abandoned = CheckpointFolders.abandoned(in: output)
        let displaced = CheckpointFolders.displaced(in: output)
        guard !abandoned.isEmpty || !displaced.isEmpty else { return }
        let superseded = displaced.filter { exists($0.place) }
        for (url, place) in displaced where !exists(place) { try files.rename(url.path, to: place.path) }
        // The renames of a program that was killed may not be on the disk yet.
        try files.synchronize(output.path)
        for url in abandoned + superseded.map({ $0.url }) { try? files.remove(url.path) }
    }

    /// Removes the oldest checkpoints over `limit`, never those in `kept`.
    func rotate(limit: Int?, keeping kept: Set<Int>) throws {
        guard let limit, limit > 0 else { return }
        let all = CheckpointFolders.byAge(in: output)
        let excess = all.count - max(limit, all.filter { kept.contains($0.step) }.count)
        try discard(all.filter { !kept.contains($0.step) }.prefix(max(0, excess)).map { $0.url })
    }

    /// Removes all checkpoints but that of one step.
    func keepOnly(_ step: Int) throws {
        try discard(CheckpointFolders.all(in: output).filter { $0.step != step }.map { $0.url })
    }

    /// They lose their names first, so that what is left of one is never taken for a checkpoint.
    private func discard(_ checkpoints: [URL]) throws {
        guard !checkpoints.isEmpty else { return }
        let doomed = checkpoints.map {
            output.appending(path: CheckpointFolders.temporaryPrefix + "old-" + $0.lastPathComponent)
        }
        for (checkpoint, place) in zip(checkpoints, doomed) { try files.rename(checkpoint.path, to: place.path) }
        try files.synchronize(output.path)
        for place in doomed { try files.remove(place.path) }
    }

    private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}
