import Foundation

extension Trainer {
    /// Ranks that a launcher has started again go on from the newest checkpoint of their run without being asked; collective.
    ///
    /// What was in the output folder before the run is told by a note that the first attempt leaves with the launcher.
    func resumptionAfterRestart() throws -> ResumeFromCheckpoint? {
        let key = "earlier_checkpoints/\(arguments.outputFolder.standardizedFileURL.path)"
        earlierCheckpoints = []
        guard ranks.restartCount > 0 else {
            if ranks.isFirst, let notes = ranks.notes, try !notes.check([key]) {
                try notes.set(key, Array(JSONEncoder().encode(checkpointDates())))
            }
            return nil
        }
        let earlier = try ranks.fromFirst([String]?.self) {
            guard let notes = ranks.notes, try notes.check([key]) else { return nil }
            let before = try JSONDecoder().decode([String: Double].self, from: Data(notes.get(key)))
            // One that was written anew since is the run's own.
            let now = checkpointDates()
            return before.keys.filter { before[$0] == now[$0] }
        }
        earlierCheckpoints = Set(earlier ?? [])
        let isThere =
            shouldSave
            && CheckpointFolders.all(in: arguments.outputFolder)
                .contains { !earlierCheckpoints.contains($0.url.lastPathComponent) }
        guard try ranks.any(isThere) else {
            earlierCheckpoints = []
            return nil
        }
        if ranks.isFirst {
            Warnings.warn(
                "started again by the launcher: training goes on from the newest checkpoint"
                    + (earlier == nil ? ", which may be an earlier run's" : " of this run"))
        }
        return .latest
    }

    /// When each checkpoint was written.
    private func checkpointDates() -> [String: Double] {
        let dated = CheckpointFolders.all(in: arguments.outputFolder).map { _, url in
            let state = url.appending(path: "trainer_state.json").path
            let attributes = try? FileManager.default.attributesOfItem(atPath: state)
            let date = attributes?[.modificationDate] as? Date
            return (url.lastPathComponent, date?.timeIntervalSinceReferenceDate ?? 0)
        }
        return Dictionary(uniqueKeysWithValues: dated)
    }
}
