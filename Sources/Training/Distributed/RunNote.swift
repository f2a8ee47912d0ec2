import Foundation
import Synchronization

/// What a run that a launcher may start again leaves in its output folder before it writes anything else there: which
/// checkpoints are not its own.
struct RunNote: Codable {
    /// What the launcher calls the run.
    var run: String
    /// When each checkpoint that was there before was written, by its name.
    var earlier: [String: Double]

    private static let name = ".run.json"
    /// Folders in which this process has left its note: what is there later is its own.
    private static let noted = Mutex<Set<String>>([])

    /// The names of the checkpoints of `folder` that are of earlier runs.
    ///
    /// - Parameters:
    ///   - run: What the launcher calls this run.
    ///   - isFirstAttempt: Whether this is not one that was started again.
    static func earlierCheckpoints(in folder: URL, run: String, isFirstAttempt: Bool) throws -> Set<String> {
        let url = folder.appending(path: name)
        let place = folder.standardizedFileURL.path
        let isNew = noted.withLock { !$0.contains(place) }
        let found = (try? Data(contentsOf: url)).flatMap { try? JSONDecoder().decode(RunNote.self, from: $0) }
        let now = dates(in: folder)
        // The attempts before have not come as far as to this folder where there is no note of theirs.
        guard let found, found.run == run, !(isFirstAttempt && isNew) else {
            try JSONEncoder().encode(RunNote(run: run, earlier: now)).write(to: url, options: .atomic)
            noted.withLock { _ = $0.insert(place) }
            return Set(now.keys)
        }
        // One that was written anew since is the run's own.
        return Set(found.earlier.keys.filter { found.earlier[$0] == now[$0] })
    }

    private static func dates(in folder: URL) -> [String: Double] {
        let dated = CheckpointFolders.all(in: folder).map { _, url in
            let state = url.appending(path: "trainer_state.json").path
            let attributes = try? FileManager.default.attributesOfItem(atPath: state)
            let date = attributes?[.modificationDate] as? Date
            return (url.lastPathComponent, date?.timeIntervalSinceReferenceDate ?? 0)
        }
        return Dictionary(uniqueKeysWithValues: dated)
    }
}

extension Trainer {
    /// Ranks that a launcher has started again go on from the newest checkpoint of their run without being asked; collective.
    func resumptionAfterRestart() throws -> ResumeFromCheckpoint? {
        earlierCheckpoints = []
        guard let run = ranks.runID else { return nil }
        let isFirstAttempt = ranks.restartCount == 0
        let earlier = try ranks.together {
            try shouldSave
                ? RunNote.earlierCheckpoints(in: arguments.outputFolder, run: run, isFirstAttempt: isFirstAttempt) : []
        }
        guard !isFirstAttempt else { return nil }
        let isThere =
            shouldSave
            && CheckpointFolders.all(in: arguments.outputFolder).contains {
                !earlier.contains($0.url.lastPathComponent)
            }
        guard try ranks.any(isThere) else { return nil }
        earlierCheckpoints = earlier
        if ranks.isFirst {
            Warnings.warn("started again by the launcher: training goes on from the newest checkpoint of this run")
        }
        return .latest
    }
}
