import Testing

@testable import TrainerCommand

/// What people see who mistype, or ask for help.
struct UsageTests {
    @Test(arguments: [
        (["trian"], "there is no command 'trian'; did you mean 'train'?"),
        (["train", "--learnin-rate", "1"], "did you mean --learning-rate?"),
        (["train", "--train-fil", "x.csv"], "did you mean --train-file?"),
        (["evaluate", "--modle", "x"], "did you mean --model?"),
        (["evaluate", "--model", "x", "--file", "y.csv", "--learning-rate", "1"], "has no flag --learning-rate"),
        (["predict", "--fiel", "x"], "did you mean --file?"),
        (["inspect"], "folder"),
        (["inspect", "--deep", "x"], "--deep"),
        (["train", "--model", "x"], "--train-file"),
        (["train", "--train-file", "x.csv"], "--model"),
        (
            ["train", "--task", "translation", "--model", "x"],
            "the tasks are text-classification, token-classification"
        ),
        (["train", "--model", "x", "--train-file", "x.csv", "--eval-strategy", "epoch"], "--validation-file"),
        (["train", "--model", "x", "--train-file", "x.csv", "--per-device-train-batch-size", "0"], "at least 1"),
        (["train", "--model", "x", "--train-file", "x.csv", "--class-weights", "heavy"], "heavy"),
        (["demo", "--rows", "3"], "60 to 40000"),
    ])
    func wrongUsage(words: [String], message: String) throws {
        let run = try TrainerProcess.run(words)
        #expect(run.code == 64)
        #expect(run.lastError.hasPrefix("error: "))
        #expect(run.lastError.contains(message))
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.output.isEmpty)
    }

    @Test func versionAndHelp() throws {
        #expect(try TrainerProcess.run(["--version"]).output == "\(TrainerTool.version)\n")
        let help = try TrainerProcess.run(["--help"])
        #expect(help.code == 0)
        for command in [
            "train", "evaluate", "predict", "demo", "inspect", "describe", "tokenize", "train-tokenizer", "download",
            "upload", "launch", "doctor",
        ] {
            #expect(help.output.contains("  \(command) "))
        }
        // That which writes the reference page is for this repository.
        let shown = TrainerTool.commands.filter { help.output.contains("  \($0.name) ") }
        #expect(shown.count == TrainerTool.commands.count - 1)
    }

    @Test func everyOwnFlagIsInTheHelp() {
        for command in TrainerTool.commands {
            let help = TrainerProgram.help(for: command)
            for flag in command.ownFlags { #expect(help.contains("--\(flag)"), "\(command.name) --\(flag)") }
        }
    }

    @Test func trainHelpHasTheTrainingFlagsUnderHeadings() throws {
        let help = try TrainerProcess.run(["train", "--help"]).output
        for text in ["FILES:", "COLUMNS:", "OPTIMIZER", "--learning-rate", "CHECKPOINTS", "--validation-split"] {
            #expect(help.contains(text))
        }
    }

    @Test func doctorSaysWhatThereIs() throws {
        let run = try TrainerProcess.run(["doctor"])
        for text in ["libtorch", "Arrow", "threads", "devices", "MKL fast path"] { #expect(run.output.contains(text)) }
        #expect(run.code == 0)
    }
}
