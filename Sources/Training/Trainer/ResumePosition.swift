/// Where a run begins an epoch: at its start, or where a checkpoint was saved.
struct ResumePosition {
    let epoch: Int
    /// Batches of the epoch that are done.
    var skip = 0
    /// Whether the steps that are done end an epoch: `epoch` is then the next one.
    var followsEpochEnd = false
    /// Random states of the checkpoint.
    var random: RandomStates.Saved?

    init(epoch: Int) { self.epoch = epoch }

    init(
        _ restored: RestoredCheckpoint?, _ globalStep: Int, _ plan: StepPlan, _ arguments: TrainingArguments,
        _ loader: any DataLoader, most: (Int) throws -> Int
    ) throws {
        guard let restored else {
            self.init(epoch: 0)
            return
        }
        if plan.isUnsized, !arguments.ignoreDataSkip {
            self = try Self.position(after: globalStep, plan, loader, most)
        } else {
            self.init(epoch: globalStep / plan.stepsPerEpoch)
            skip = arguments.ignoreDataSkip ? 0 : globalStep % plan.stepsPerEpoch * plan.accumulation
            followsEpochEnd = !plan.isUnsized && globalStep > 0 && globalStep % plan.stepsPerEpoch == 0
        }
        random = restored.random
    }

    /// Data without a known end is read again, to see where its epochs end.
    ///
    /// - Parameter most: The most of any rank's batches.
    private static func position(
        after steps: Int, _ plan: StepPlan, _ loader: any DataLoader, _ most: (Int) throws -> Int
    ) throws -> ResumePosition {
        var (epoch, done, steps) = (0, 0, steps)
        var batches = try loader.batches(epoch: 0, skipping: 0)
        while steps > 0 {
            var taken = 0
            while taken < plan.accumulation, try batches.next() != nil { taken += 1 }
            let size = try most(taken)
            if size > 0 {
                done += size
                steps -= 1
            } else {
                guard done > 0 else { break }
                epoch += 1
                done = 0
                batches = try loader.batches(epoch: epoch, skipping: 0)
            }
        }
        var position = ResumePosition(epoch: epoch)
        position.skip = done
        // Whether the epoch goes on is known only by asking for more.
        if done > 0, try most(batches.next() == nil ? 0 : 1) == 0 {
            position = ResumePosition(epoch: epoch + 1)
            position.followsEpochEnd = true
        }
        return position
    }
}
