import Testing
import Training

@testable import TrainerCommand

/// Which words go where.
struct CommandWordsTests {
    @Test func hyphensUnderscoresAndSwitches() throws {
        let words = try CommandWords(
            [
                "--train_file", "a.csv", "--learning_rate", "1e-3", "--quoting", "--num-train-epochs=2",
                "--learning-rate", "2e-3",
            ], for: TrainCommand.self)
        #expect(words.own == ["--train-file", "a.csv", "--quoting=true"])
        #expect(words.arguments.learningRate == 2e-3)
        #expect(words.arguments.numTrainEpochs == 2)
    }

    @Test func switchesTakeTrueAndFalse() {
        let own: Set<String> = ["from-scratch", "rows"]
        let words = CommandWords.normalized(
            ["--from_scratch", "false", "--rows", "60"], own: own, switches: ["from-scratch"])
        #expect(words == ["--from-scratch=false", "--rows", "60"])
    }

    @Test func theCommandLineOverridesTheFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "run.yaml", "learning_rate: 1e-3\neval_strategy: no\ntrain-file: a.csv\nquoting: true\nseed: 7\n")
        let words = try CommandWords(["--seed", "8", "--config", file], for: TrainCommand.self)
        #expect(words.arguments.learningRate == 1e-3)
        #expect(words.arguments.evalStrategy == .no)
        #expect(words.arguments.seed == 8)
        #expect(words.own == ["--train-file=a.csv", "--quoting=true"])
    }

    @Test func jsonConfiguration() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("run.json", #"{"num_train_epochs": 2, "max_train_samples": 5}"#)
        let words = try CommandWords(["--config=\(file)"], for: TrainCommand.self)
        #expect(words.arguments.numTrainEpochs == 2)
        #expect(words.own == ["--max-train-samples=5"])
    }

    @Test func unknownNamesInTheFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("run.yaml", "learning_rat: 1\n")
        #expect(throws: (any Error).self) { try CommandWords(["--config", file], for: TrainCommand.self) }
        #expect(throws: (any Error).self) { try CommandWords(["--config", "nowhere.yaml"], for: TrainCommand.self) }
    }
}
