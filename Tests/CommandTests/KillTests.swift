import Foundation
import Testing

/// Runs that are killed with SIGKILL again and again, at random instants and so during saves too.
///
/// `SWIFT_TRAINER_KILLS` says how many kills; `scripts/kill-test` sets it.
@Suite(.serialized) struct KillTests {
    let folder: TemporaryFolder
    let words: [String]
    let kills = ProcessInfo.processInfo.environment["SWIFT_TRAINER_KILLS"].flatMap { Int($0) } ?? 5

    init() throws {
        folder = try TemporaryFolder()
        let model = try TinyModel.make(in: folder)
        let train = try folder.write("train.csv", TinyModel.rows(48))
        // A save at every step, an evaluation in between, and old checkpoints that go.
        words = [
            "train", "--model", model, "--train-file", train, "--validation-file", train, "--num-train-epochs", "3",
            "--save-strategy", "steps", "--save-steps", "1", "--eval-strategy", "steps", "--eval-steps", "5",
            "--per-device-train-batch-size", "4", "--per-device-eval-batch-size", "16", "--logging-steps", "1",
            "--metric-for-best-model", "loss", "--save-total-limit", "2",
        ]
    }

    @Test func everyRunEndsWithTheSameBits() throws {
        let whole = folder.path("whole")
        let started = ContinuousClock.now
        #expect(try TrainerProcess.run(words + ["--output-dir", whole]).code == 0)
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        let expected = try weights("whole")
        var counts = (kills: 0, runs: 0, afterCheckpoint: 0)
        while counts.kills < kills {
            let name = "run-\(counts.runs)"
            var code: Int32 = -1
            while code != 0 {
                let hasCheckpoint = !checkpoints(name).isEmpty
                let resume = hasCheckpoint ? ["--resume-from-checkpoint"] : []
                let running = try TrainerProcess.start(words + ["--output-dir", folder.path(name)] + resume)
                // Beyond the last kill runs are left to end.
                if counts.kills < kills {
                    Thread.sleep(forTimeInterval: Double.random(in: 0...(1.1 * seconds)))
                    kill(running.process.processIdentifier, SIGKILL)
                }
                let end = try running.wait()
                code = end.code
                guard code != 0 else { break }
                try #require(code == SIGKILL, "\(end.errors)")
                counts.kills += 1
                counts.afterCheckpoint += hasCheckpoint ? 1 : 0
            }
            #expect(try weights(name) == expected, "after \(counts.kills) kills, \(name)")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path(name)).filter {
                $0.hasPrefix(".")
            }
            #expect(left.isEmpty, "\(left)")
            try FileManager.default.removeItem(atPath: folder.path(name))
            counts.runs += 1
        }
        print(
            "\(counts.kills) kills in \(counts.runs) runs, \(counts.afterCheckpoint) of resumed runs: all ended with the "
                + "same weights")
    }

    private func weights(_ name: String) throws -> Data {
        try Data(contentsOf: URL(filePath: folder.path("\(name)/model.safetensors")))
    }

    private func checkpoints(_ name: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(name))) ?? []
        return names.filter { $0.hasPrefix("checkpoint-") }
    }
}
