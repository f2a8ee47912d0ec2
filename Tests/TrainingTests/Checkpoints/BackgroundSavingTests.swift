import Foundation
import Synchronization
import Testing
import Training

/// Checkpoints that are written while training goes on.
@Suite(.serialized) struct BackgroundSavingTests {
    /// A disk that waits before it gives a checkpoint its name.
    private final class SlowDisk: FileOperations {
        private let disk = DiskFileOperations()
        private let seconds: Double
        private let published = Mutex<[String]>([])
        var names: [String] { published.withLock { $0 } }

        init(seconds: Double) { self.seconds = seconds }

        func createDirectory(_ path: String) throws { try disk.createDirectory(path) }
        func write(_ path: String, _ body: (ByteSink) throws -> Void) throws { try disk.write(path, body) }
        func synchronize(_ path: String) throws {}
        func rename(_ path: String, to newPath: String) throws {
            Thread.sleep(forTimeInterval: seconds)
            try disk.rename(path, to: newPath)
            published.withLock { $0.append((newPath as NSString).lastPathComponent) }
        }
        func remove(_ path: String) throws { try disk.remove(path) }
    }

    /// What a callback finds at each event, and how long the steps before it took.
    private final class Watcher: TrainerCallback {
        private(set) var saved: [(step: Int, isThere: Bool)] = []
        private(set) var ended: [Int] = []
        private let awaits: Bool

        init(awaits: Bool) { self.awaits = awaits }

        override var awaitsCheckpoint: Bool { awaits }

        override func onSave(_ context: CallbackContext, control: inout TrainerControl) {
            let folder = context.arguments.outputFolder.appending(path: "checkpoint-\(context.globalStep)")
            saved.append((context.globalStep, FileManager.default.fileExists(atPath: folder.path)))
        }
        override func onTrainEnd(_ context: CallbackContext, control: inout TrainerControl) {
            ended = checkpoints(in: context.arguments.outputFolder).compactMap { Int($0.dropFirst(11)) }.sorted()
        }
    }

    private func saving(_ every: Double) -> (inout TrainingArguments) -> Void {
        {
            $0.saveStrategy = .steps
            $0.saveSteps = every
            $0.maxSteps = 6
        }
    }

    /// Saves and evaluates every second step; a save that fails ends nothing.
    private func goingOn(background: Bool, best metric: String) -> (inout TrainingArguments) -> Void {
        {
            saving(2)(&$0)
            $0.saveInBackground = background
            $0.onSaveFailure = .continue
            $0.evalStrategy = .steps
            $0.evalSteps = 2
            $0.metricForBestModel = metric
        }
    }

    /// A made-up disk, and an output folder on it.
    private func withDisk(_ body: (SimulatedDisk, URL) throws -> Void) throws {
        try withOutput { root in
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            let disk = try SimulatedDisk(URL(filePath: root.path).resolvingSymlinksInPath())
            try body(disk, disk.root.appending(path: "run"))
        }
    }

    @Test func trainingGoesOnMeanwhile() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            let watcher = Watcher(awaits: false)
            let trainer = try run.trainer(output, callbacks: [watcher], saving(3))
            trainer.files = SlowDisk(seconds: 0.3)
            try trainer.train()
            // The event came while the folder had no name yet; at the end all have theirs.
            #expect(watcher.saved.map { $0.step } == [3, 6])
            #expect(watcher.saved.allSatisfy { !$0.isThere })
            #expect(watcher.ended == [3, 6])
        }
    }

    @Test func aCallbackThatNeedsTheFilesFindsThem() throws {
        let run = try PythonRun("dropout")
        try withOutput { output in
            let watcher = Watcher(awaits: true)
            let trainer = try run.trainer(output, callbacks: [watcher, Watcher(awaits: false)], saving(2))
            trainer.files = SlowDisk(seconds: 0.05)
            try trainer.train()
            #expect(watcher.saved.map { $0.step } == [2, 4, 6] && watcher.saved.allSatisfy { $0.isThere })
        }
    }

    /// What is written is the state at the save, whatever training does to it meanwhile.
    @Test func theFilesAreThoseOfASaveInTheForeground() throws {
        let run = try PythonRun("dropout")
        func files(background: Bool) throws -> [String: Data] {
            try withOutput { output in
                let trainer = try run.trainer(output) {
                    saving(1)(&$0)
                    $0.saveInBackground = background
                }
                trainer.files = SlowDisk(seconds: background ? 0.05 : 0)
                try trainer.train()
                var all: [String: Data] = [:]
                for name in checkpoints(in: output) {
                    for file in ["model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"] {
                        all["\(name)/\(file)"] = try Data(
                            contentsOf: output.appending(path: name).appending(path: file))
                    }
                }
                return all
            }
        }
        let (foreground, background) = (try files(background: false), try files(background: true))
        #expect(foreground.count == 24 && foreground == background)
    }

    /// The error comes at the latest with the next save or the end, and says what is left.
    @Test func aFailureStopsTheRun() throws {
        let run = try PythonRun("dropout")
        for background in [true, false] {
            try withDisk { disk, output in
                let full = FullFrom(4, disk)
                let trainer = try run.trainer(output, callbacks: [full]) {
                    saving(2)(&$0)
                    $0.saveInBackground = background
                }
                trainer.files = disk
                #expect {
                    try trainer.train()
                } throws: { error in
                    guard case TrainingError.unsaved(let step, let reason, let newest) = error else { return false }
                    return step == 4 && reason.contains("No space left")
                        && newest?.hasSuffix("run/checkpoint-2") == true
                }
                #expect(checkpoints(in: output) == ["checkpoint-2"])
                #expect(disk.difference() == nil)
            }
        }
    }

    @Test func aFailureMayBePassedOver() throws {
        let run = try PythonRun("dropout")
        for background in [true, false] {
            try withDisk { disk, output in
                let trainer = try run.trainer(output, callbacks: [FullFrom(4, disk, until: 6)]) {
                    goingOn(background: background, best: "loss")(&$0)
                }
                trainer.files = disk
                let texts = try warnings { try trainer.train() }
                #expect(texts.count == 1 && texts[0].contains("checkpoint of step 4 could not be saved"), "\(texts)")
                #expect(texts.first?.contains("No space left") == true)
                #expect(checkpoints(in: output) == ["checkpoint-2", "checkpoint-6"])
                // A checkpoint that is not there is not the best one.
                #expect(trainer.state.bestModelCheckpoint?.hasSuffix("checkpoint-4") != true)
            }
        }
    }

    /// Neither the event nor the best model may take an earlier run's folder for the one that could not be written.
    @Test func aFailureBesideAnEarlierRunsFolder() throws {
        let run = try PythonRun("dropout")
        try withDisk { disk, output in
            func trainer(_ callbacks: [TrainerCallback]) throws -> Trainer {
                let trainer = try run.trainer(output, callbacks: callbacks) {
                    goingOn(background: false, best: "loss")(&$0)
                }
                trainer.files = disk
                return trainer
            }
            try trainer([]).train()
            #expect(checkpoints(in: output) == ["checkpoint-2", "checkpoint-4", "checkpoint-6"])
            let watcher = Watcher(awaits: false)
            let second = try trainer([watcher, FullFrom(6, disk)])
            let texts = try warnings { try second.train() }
            #expect(texts.count == 1 && texts[0].contains("checkpoint of step 6 could not be saved"), "\(texts)")
            #expect(watcher.saved.map { $0.step } == [2, 4])
            #expect(second.state.bestModelCheckpoint?.hasSuffix("checkpoint-6") != true)
        }
    }

    @Test func theBestEvaluationsSaveFailedBesideAnEarlierRunsFolder() throws {
        let run = try PythonRun("dropout")
        try withDisk { disk, output in
            func trainer(_ scores: [Double], _ callbacks: [TrainerCallback]) throws -> Trainer {
                var scores = scores[...]
                let rows = try run.dataset()
                let trainer = try Trainer(
                    model: try run.model(),
                    arguments: try run.arguments(output) {
                        goingOn(background: false, best: "score")(&$0)
                    }, trainDataset: rows, evalDataset: rows, computeMetrics: { _ in ["score": scores.removeFirst()] },
                    callbacks: callbacks)
                trainer.files = disk
                return trainer
            }
            try trainer([0.1, 0.2, 0.3], []).train()
            let second = try trainer([0.1, 0.9, 0.2], [FullFrom(4, disk, until: 6)])
            _ = try warnings { try second.train() }
            #expect(second.state.bestGlobalStep == 4)
            #expect(second.state.bestModelCheckpoint?.hasSuffix("checkpoint-4") != true)
        }
    }

    /// A checkpoint that is on the disk is not called unsaved because its elders cannot be renamed or removed.
    @Test(arguments: [false, true]) func aFailingRotationIsAWarning(renames: Bool) throws {
        final class Keeper: FileOperations {
            private let disk = DiskFileOperations()
            private let renames: Bool
            struct Denied: Error {}
            init(renames: Bool) { self.renames = renames }
            func createDirectory(_ path: String) throws { try disk.createDirectory(path) }
            func write(_ path: String, _ body: (ByteSink) throws -> Void) throws { try disk.write(path, body) }
            func synchronize(_ path: String) throws {}
            func rename(_ path: String, to newPath: String) throws {
                if !renames, newPath.contains("old-") { throw Denied() }
                try disk.rename(path, to: newPath)
            }
            func remove(_ path: String) throws {
                if path.contains("old-") { throw Denied() }
                try disk.remove(path)
            }
        }
        let run = try PythonRun("dropout")
        for background in [true, false] {
            try withOutput { output in
                let watcher = Watcher(awaits: true)
                let trainer = try run.trainer(output, callbacks: [watcher]) {
                    saving(1)(&$0)
                    $0.saveTotalLimit = 2
                    $0.saveInBackground = background
                }
                trainer.files = Keeper(renames: renames)
                let texts = try warnings { try trainer.train() }
                #expect(texts.count == 4 && texts[0].hasPrefix("checkpoint-3 is saved, but older ones"), "\(texts)")
                #expect(watcher.saved.map { $0.step } == Array(1...6))
                let kept = renames ? Array(5...6) : Array(1...6)
                #expect(checkpoints(in: output) == kept.map { "checkpoint-\($0)" })
            }
        }
    }

    /// Fills the disk at a step.
    private final class FullFrom: TrainerCallback {
        private let step: Int
        private let end: Int
        private let disk: SimulatedDisk

        init(_ step: Int, _ disk: SimulatedDisk, until end: Int = .max) {
            self.step = step
            self.disk = disk
            self.end = end
        }

        override var awaitsCheckpoint: Bool { false }

        override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) {
            guard [step, end].contains(context.globalStep + 1) else { return }
            waitForTheDisk()
            if context.globalStep + 1 == step { disk.fail(at: 0, with: .full) } else { disk.fail(at: nil) }
        }

        /// The save before may still be under way.
        private func waitForTheDisk() {
            var count = -1
            while count != disk.operations.count {
                count = disk.operations.count
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    /// Something else ends the run: no thread writes any more when it has ended.
    @Test func anErrorInTrainingWaitsForTheSave() throws {
        final class Wrong: TrainerCallback {
            struct Failure: Error {}
            override var awaitsCheckpoint: Bool { false }
            override func onStepBegin(_ context: CallbackContext, control: inout TrainerControl) throws {
                if context.globalStep == 2 { throw Failure() }
            }
        }
        let run = try PythonRun("dropout")
        try withOutput { output in
            let trainer = try run.trainer(output, callbacks: [Wrong()], saving(2))
            let disk = SlowDisk(seconds: 0.2)
            trainer.files = disk
            #expect(throws: Wrong.Failure.self) { try trainer.train() }
            #expect(disk.names == ["checkpoint-2"])
        }
    }

    /// The best checkpoint is loaded once it is there.
    @Test func theBestModelIsWaitedFor() throws {
        let run = try PythonRun("epochs")
        try withOutput { output in
            let trainer = try run.trainer(output) {
                $0.saveTotalLimit = nil
            }
            trainer.files = SlowDisk(seconds: 0.1)
            try trainer.train()
            let best = Network()
            let folder = try #require(trainer.state.bestModelCheckpoint)
            try best.loadStateDict(try Safetensors.load(URL(filePath: folder + "/model.safetensors"), copying: true))
            #expect(bits(trainer.model) == bits(best))
        }
    }
}
