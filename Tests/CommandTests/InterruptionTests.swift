import Foundation
import Testing

/// Runs that are stopped, and go on as if they had not been.
@Suite(.serialized) struct InterruptionTests {
    let folder: TemporaryFolder
    let words: [String]

    init() throws {
        folder = try TemporaryFolder()
        let model = try TinyModel.make(in: folder)
        let train = try folder.write("train.csv", TinyModel.rows(200))
        words = [
            "train", "--model", model, "--train-file", train, "--num-train-epochs", "40", "--save-strategy", "steps",
            "--save-steps", "30", "--per-device-train-batch-size", "4", "--logging-steps", "10", "--save-total-limit",
            "3",
        ]
    }

    private func waitForCheckpoint(in name: String) throws {
        for _ in 0..<3000 {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(name))) ?? []
            if names.contains(where: { $0.hasPrefix("checkpoint-") }) { return }
            Thread.sleep(forTimeInterval: 0.02)
        }
        Issue.record("no checkpoint within a minute")
    }

    @Test func killedRunsGoOnBitForBit() throws {
        let whole = folder.path("whole")
        #expect(try TrainerProcess.run(words + ["--output-dir", whole]).code == 0)

        let broken = folder.path("broken")
        let running = try TrainerProcess.start(words + ["--output-dir", broken])
        try waitForCheckpoint(in: "broken")
        kill(running.process.processIdentifier, SIGKILL)
        #expect(try running.wait().code == SIGKILL)
        #expect(!folder.exists("broken/train_results.json"), "the run was over before it was killed")

        let resumed = try TrainerProcess.run(words + ["--output-dir", broken, "--resume-from-checkpoint"])
        #expect(resumed.code == 0, "\(resumed.errors)")
        let names = ["whole", "broken"].map { URL(filePath: folder.path("\($0)/model.safetensors")) }
        #expect(try Data(contentsOf: names[0]) == Data(contentsOf: names[1]))
    }

    @Test func anInterruptSavesAndExitsWith130() throws {
        let running = try TrainerProcess.start(words + ["--output-dir", folder.path("out")])
        try waitForCheckpoint(in: "out")
        kill(running.process.processIdentifier, SIGINT)
        let run = try running.wait()
        #expect(run.code == 130)
        #expect(run.lastError.hasPrefix("error: interrupted after step"))
        #expect(run.lastError.contains(folder.path("out/checkpoint-")))

        let unsaved = try TrainerProcess.start(
            words + ["--output-dir", folder.path("unsaved"), "--save-on-interrupt", "false", "--save-total-limit", "1"])
        try waitForCheckpoint(in: "unsaved")
        kill(unsaved.process.processIdentifier, SIGINT)
        #expect(try unsaved.wait().code == 130)
    }
}
