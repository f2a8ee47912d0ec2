import Foundation
import Testing
import Training

/// A checkpoint takes the place of one of the same step, as after going back to an earlier checkpoint, and fails anywhere.
@Suite(.serialized) struct ReplacementTests {
    private static let files = ["model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"]

    /// A run of two steps that was saved, and then changed.
    private func changedTrainer(_ run: PythonRun, _ output: URL, _ disk: any FileOperations) throws -> Trainer {
        let trainer = try run.trainer(output) {
            $0.saveStrategy = .steps
            $0.maxSteps = 2
        }
        trainer.files = disk
        try trainer.train()
        noGrad { for parameter in trainer.model.parameters() { parameter.add_(1) } }
        return trainer
    }

    private func contents(_ output: URL) -> [Data?] {
        Self.files.map { FileManager.default.contents(atPath: output.path + "/checkpoint-2/" + $0) }
    }

    @Test func leavesTheOldOrTheNewOne() throws {
        let run = try PythonRun("plain")
        try withOutput { folder in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let root = URL(filePath: folder.path).resolvingSymlinksInPath()
            let output = root.appending(path: "run")
            let disk = try SimulatedDisk(root)
            let trainer = try changedTrainer(run, output, disk)
            let old = contents(output)
            disk.fail(at: nil)
            try trainer.saveCheckpoint()
            let new = contents(output)
            #expect(new[0] != old[0] && !new.contains(nil))
            let count = disk.operations.count
            for number in 0..<count {
                // Files are written as by any save; the renames and removals are what is new.
                let isRemoval = disk.operations[number] == .unlink
                let isNew = [.rename, .unlink, .sync].contains(disk.operations[number])
                let stops: [SimulatedDisk.Survivors] = isNew ? [.everything, .some(seed: 1), .some(seed: 2)] : []
                let faults = [(SimulatedDisk.Fault.error, SimulatedDisk.Survivors.everything)]
                for (fault, survivors) in faults + ([.nothing] + stops).map({ (.powerLoss, $0) }) {
                    let name: Comment = "operation \(number), \(fault), \(survivors)"
                    try FileManager.default.removeItem(at: output)
                    let disk = try SimulatedDisk(root)
                    let trainer = try changedTrainer(run, output, disk)
                    disk.fail(at: number, with: fault)
                    let failed = (try? trainer.saveCheckpoint()) == nil
                    // Once the new one is in its place, the old one need not go at once.
                    #expect(failed || isRemoval, name)
                    try disk.restart(survivors)
                    try expectOneOfBoth(run, output, disk, [old, new], name)
                }
            }
        }
    }

    /// The next process looks for the checkpoint, and is stopped in that too; then the one after it finds one of both.
    private func expectOneOfBoth(
        _ run: PythonRun, _ output: URL, _ disk: SimulatedDisk, _ whole: [[Data?]], _ name: Comment
    ) throws {
        func resume(_ number: Int?) throws -> Bool {
            disk.fail(at: number, with: .powerLoss)
            let trainer = try run.trainer(output) {
                $0.maxSteps = 2
                $0.saveStrategy = .no
            }
            trainer.files = disk
            do { try trainer.train(resumeFromCheckpoint: .latest) } catch {
                guard number != nil else { throw error }
                return false
            }
            return true
        }
        var number = 0
        while try !resume(number) {
            try disk.restart(.some(seed: UInt64(number)))
            number += 4
        }
        try disk.restart(.nothing)
        #expect(try resume(nil), name)
        #expect(whole.contains(contents(output)), name)
        let left = try FileManager.default.contentsOfDirectory(atPath: output.path)
        #expect(left == ["checkpoint-2"], "\(name): \(left)")
    }
}
