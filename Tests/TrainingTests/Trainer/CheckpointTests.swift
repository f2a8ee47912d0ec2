import Foundation
import Testing
import Training

/// What happens to checkpoint folders: faults, limits, the best one.
@Suite(.serialized) struct CheckpointTests {
    /// The disk fails at one operation after another; a run can always go on from a whole checkpoint.
    @Test func aFailureAnywhereLeavesWholeCheckpoints() throws {
        let run = try PythonRun("plain")
        let saving: (inout TrainingArguments) -> Void = {
            $0.saveStrategy = .steps
            $0.saveSteps = 2
            $0.saveTotalLimit = 1
            $0.maxSteps = 4
        }
        let weights = try withOutput { output in
            let keeper = WeightKeeper()
            try run.trainer(output, callbacks: [keeper], saving).train()
            return keeper.weights
        }
        var limit = 0
        while try !trainWithFault(after: limit, run, weights, saving) {
            limit += 1
            try #require(limit < 300)
        }
        #expect(limit > 30)
    }

    /// - Returns: Whether there were fewer operations than `limit`.
    private func trainWithFault(
        after limit: Int, _ run: PythonRun, _ weights: [Int: [[Float]]], _ configure: (inout TrainingArguments) -> Void
    ) throws -> Bool {
        try withOutput { output in
            let trainer = try run.trainer(output, configure)
            let files = FailingFiles(limit: limit)
            trainer.files = files
            let saved = SavedSteps()
            trainer.addCallback(saved)
            let finished: Bool
            do {
                try trainer.train()
                finished = true
            } catch {
                finished = false
            }
            for name in checkpoints(in: output) {
                let fresh = Network()
                try fresh.loadStateDict(
                    try Safetensors.load(output.appending(path: name).appending(path: "model.safetensors")))
                let step = try #require(Int(name.dropFirst("checkpoint-".count)))
                #expect(bits(fresh) == weights[step], "operation \(limit), \(name)")
            }
            // A checkpoint goes only when a newer one is there.
            if let last = saved.steps.last {
                let steps = checkpoints(in: output).compactMap { Int($0.dropFirst("checkpoint-".count)) }
                #expect(steps.contains { $0 >= last }, "operation \(limit)")
            }
            // A later run cleans up, goes on, and ends with the same weights.
            let next = try run.trainer(output, configure)
            next.files = FailingFiles(limit: .max)
            if checkpoints(in: output).isEmpty {
                try next.train()
            } else {
                try next.train(resumeFromCheckpoint: .latest)
            }
            #expect(bits(next.model) == weights[4], "operation \(limit)")
            let names = try FileManager.default.contentsOfDirectory(atPath: output.path)
            #expect(names.allSatisfy { !$0.hasPrefix(".tmp-checkpoint") && !$0.hasPrefix(".replaced") }, "\(names)")
            return finished
        }
    }

    /// The same where a checkpoint of that step is there already.
    @Test func aFailureWhileReplacingLeavesTheOldOrTheNew() throws {
        let run = try PythonRun("plain")
        var limit = 0
        var finished = false
        while !finished {
            try withOutput { output in
                let trainer = try run.trainer(output) {
                    $0.saveStrategy = .steps
                    $0.maxSteps = 2
                }
                try trainer.train()
                let before = bits(trainer.model)
                noGrad { for parameter in trainer.model.parameters() { parameter.add_(1) } }
                let files = FailingFiles(limit: limit)
                trainer.files = files
                do {
                    try trainer.saveCheckpoint()
                    finished = true
                } catch is FailingFiles.Failure {}
                let fresh = try run.trainer(output) { $0.maxSteps = 2 }
                try fresh.train(resumeFromCheckpoint: .latest)
                let found = bits(fresh.model)
                #expect(found == before || found == bits(trainer.model), "operation \(limit)")
                if finished { #expect(found == bits(trainer.model)) }
            }
            limit += 1
            try #require(limit < 100)
        }
    }

    @Test func keepsTheNewestAndTheBest() throws {
        let run = try PythonRun("epochs")
        try withOutput { output in
            let trainer = try run.trainer(output) { $0.saveTotalLimit = 2 }
            try trainer.train()
            #expect(checkpoints(in: output) == ["checkpoint-10", "checkpoint-15"])
            #expect(trainer.state.bestModelCheckpoint == output.path + "/checkpoint-10")
            let best = Network()
            try best.loadStateDict(
                try Safetensors.load(output.appending(path: "checkpoint-10/model.safetensors"), copying: true))
            #expect(bits(trainer.model) == bits(best))
        }
    }

    @Test func savesTheModelAlone() throws {
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output) {
                $0.saveStrategy = .epoch
                $0.saveOnlyModel = true
            }
            try trainer.train()
            let files = try FileManager.default.contentsOfDirectory(atPath: output.path + "/checkpoint-5").sorted()
            #expect(files == ["model.safetensors", "trainer_state.json"])
        }
    }

    @Test func writesResultsAndState() throws {
        let run = try PythonRun("plain")
        try withOutput { output in
            let trainer = try run.trainer(output)
            let result = try trainer.train()
            try trainer.saveModel()
            try trainer.saveState()
            try trainer.saveMetrics("train", result.metrics)
            try trainer.saveMetrics("eval", trainer.evaluate())
            let names = try FileManager.default.contentsOfDirectory(atPath: output.path).sorted()
            #expect(
                names == [
                    "all_results.json", "eval_results.json", "model.safetensors", "train_results.json",
                    "trainer_state.json",
                ])
            let all = try String(contentsOf: output.appending(path: "all_results.json"), encoding: .utf8)
            #expect(all.hasPrefix("{\n    \"epoch\": 2.0,\n    \"eval_accuracy\": "))
            #expect(all.contains("\"train_samples_per_second\": "))
        }
    }
}

/// File operations that fail after some of them, as on a disk that is full or taken away. Nothing is synced: that would
/// take long and show nothing here.
final class FailingFiles: FileOperations {
    struct Failure: Error {}
    private let disk = DiskFileOperations()
    private var rest: Int

    /// - Parameter limit: How many operations succeed.
    init(limit: Int) { rest = limit }

    private func step() throws {
        rest -= 1
        if rest < 0 { throw Failure() }
    }

    func createDirectory(_ path: String) throws {
        try step()
        try disk.createDirectory(path)
    }

    func write(_ path: String, _ body: (ByteSink) throws -> Void) throws {
        try step()
        var contents = Data()
        try body { contents.append(contentsOf: $0) }
        // Refused at once, or in the middle.
        do { try step() } catch {
            try contents.prefix(contents.count / 2).write(to: URL(filePath: path))
            throw error
        }
        try contents.write(to: URL(filePath: path))
    }

    func synchronize(_ path: String) throws { try step() }

    func rename(_ path: String, to newPath: String) throws {
        try step()
        try disk.rename(path, to: newPath)
    }

    func remove(_ path: String) throws {
        try step()
        try disk.remove(path)
    }
}

/// The weights after each step.
private final class WeightKeeper: TrainerCallback {
    var weights: [Int: [[Float]]] = [:]
    override func onStepEnd(_ context: CallbackContext, control: inout TrainerControl) {
        weights[context.globalStep] = bits(context.model)
    }
}

/// The steps whose checkpoints were reported as saved.
private final class SavedSteps: TrainerCallback {
    var steps: [Int] = []
    override func onSave(_ context: CallbackContext, control: inout TrainerControl) { steps.append(context.globalStep) }
}
