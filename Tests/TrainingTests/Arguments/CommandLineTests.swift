import Testing
import Training

@Suite struct CommandLineTests {
    private func parse(
        _ line: String, otherFlags: Set<String> = []
    ) throws -> (TrainingArguments, TrainingArguments.CommandLineResult) {
        var arguments = TrainingArguments()
        let words = line.split(separator: " ").map(String.init)
        let result = try arguments.apply(commandLine: words, otherFlags: otherFlags)
        return (arguments, result)
    }

    @Test func flagsWithHyphensUnderscoresAndEqualSigns() throws {
        let (arguments, result) = try parse(
            "--per-device-train-batch-size 32 --learning_rate=2e-5 --max-steps -1 --num-train-epochs 1 --num_train_epochs 2"
                + " --eval-strategy epoch --label-names labels start --optim sgd --optim-args momentum=0.9,nesterov=true"
        )
        #expect(arguments.perDeviceTrainBatchSize == 32)
        #expect(arguments.learningRate == 2e-5)
        #expect(arguments.maxSteps == -1)
        #expect(arguments.numTrainEpochs == 2)
        #expect(arguments.evalStrategy == .epoch)
        #expect(arguments.labelNames == ["labels", "start"])
        #expect(arguments.optimArgs == "momentum=0.9,nesterov=true")
        #expect(result == .init())
    }

    @Test func booleans() throws {
        #expect(try parse("--use-cpu").0.useCpu)
        #expect(try parse("--use-cpu true").0.useCpu)
        #expect(try !parse("--use-cpu false").0.useCpu)
        #expect(try !parse("--use-cpu=0").0.useCpu)
        #expect(try !parse("--use-cpu --use-cpu no").0.useCpu)
        #expect(try !parse("--no-remove-unused-columns").0.removeUnusedColumns)
        #expect(try !parse("--no_save_on_interrupt").0.saveOnInterrupt)
        #expect(try parse("--no-cuda").0.useCpu)
        #expect(try parse("--disable-tqdm").0.disableTqdm == true)
        #expect(try parse("--greater-is-better none").0.greaterIsBetter == nil)
        #expect(try parse("--load-best-model-at-end data.csv").1.remaining == ["data.csv"])
        #expect(throws: TrainingArgumentsError.self) { try parse("--no-use-cpu") }
    }

    @Test func resume() throws {
        #expect(try parse("--resume-from-checkpoint").0.resumeFromCheckpoint == .latest)
        #expect(try parse("--resume-from-checkpoint --use-cpu").0.resumeFromCheckpoint == .latest)
        #expect(try parse("--resume-from-checkpoint true").0.resumeFromCheckpoint == .latest)
        #expect(try parse("--resume-from-checkpoint out/checkpoint-5").0.resumeFromCheckpoint == "out/checkpoint-5")
        #expect(try parse("--resume-from-checkpoint false").0.resumeFromCheckpoint == nil)
    }

    @Test func theCallersFlagsAreLeft() throws {
        let (arguments, result) = try parse(
            "train.csv --model minilm --seed 7 --text-column sentence -h --quoting=all -- --seed 8",
            otherFlags: ["model", "text-column", "quoting"])
        #expect(arguments.seed == 7)
        #expect(
            result.remaining == [
                "train.csv", "--model", "minilm", "--text-column", "sentence", "-h", "--quoting=all", "--", "--seed",
                "8",
            ])
    }

    @Test func formerNamesGiveNotes() throws {
        let (arguments, result) = try parse(
            "--evaluation_strategy steps --include-inputs-for-metrics --warmup-ratio 0.5")
        #expect(arguments.evalStrategy == .steps)
        #expect(arguments.includeForMetrics == [.inputs])
        #expect(
            result.notes == [
                "--evaluation-strategy is now called --eval-strategy",
                "--include-inputs-for-metrics is now called --include-for-metrics",
                "--warmup-ratio is now called --warmup-steps",
            ])
    }

    @Test(arguments: [
        ("--learning-rte 3", "unknown argument --learning-rte; did you mean --learning-rate?"),
        ("--modl x", "unknown argument --modl; did you mean --model?"),
        ("--seed", "--seed needs a value: a whole number"),
        ("--seed --use-cpu", "--seed needs a value: a whole number"),
        ("--label-names", "--label-names needs a value: one or more texts"),
        ("--seed x", "--seed takes a whole number, not x"),
        ("--learning-rate=", "--learning-rate takes a number, not an empty text"),
        (
            "--torch-compile",
            "--torch-compile is not supported: it is Python's compiler; models run as libtorch's own operators"
        ),
        (
            "--report_to csv mlflow",
            "--report-to: mlflow is not supported: runs are not sent to a server; log to tensorboard or jsonl and import that"
        ),
        ("--do-train", "--do-train is not supported: the command says what is done"),
    ])
    func refusals(line: String, message: String) {
        let error = #expect(throws: TrainingArgumentsError.self) { try parse(line, otherFlags: ["model"]) }
        #expect(error?.description == message)
    }

    @Test func argumentsToComeMayStandAtPythonsDefault() throws {
        let (arguments, result) = try parse("--torch-compile false --report_to none --dataloader-pin-memory --seed 3")
        #expect(arguments.seed == 3)
        #expect(result.remaining == [])
    }
}
