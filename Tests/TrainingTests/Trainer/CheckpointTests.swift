import Foundation
import OrderedJSON
import Synchronization
import Testing
import Training

/// What happens to checkpoint folders: faults, limits, the best one.
@Suite(.serialized) struct CheckpointTests {
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
            #expect(files == ["model.safetensors", "trainer_state.json", "training_args.json"])
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
                    "trainer_state.json", "training_args.json",
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
    private let rest: Mutex<Int>

    /// - Parameter limit: How many operations succeed.
    init(limit: Int) { rest = Mutex(limit) }

    private func step() throws {
        let left = rest.withLock { rest in
            rest -= 1
            return rest
        }
        if left < 0 { throw Failure() }
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
