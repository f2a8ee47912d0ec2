import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// From a file to a model and to predictions, with the real program.
struct TrainingCommandTests {
    let folder: TemporaryFolder
    let model: String
    let train: String

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel.make(in: folder)
        train = try folder.write("train.csv", TinyModel.rows(40))
    }

    private func trained(_ more: [String] = []) throws -> TrainerProcess {
        try TrainerProcess.run(
            [
                "train", "--model", model, "--train-file", train, "--output-dir", folder.path("out"),
                "--num-train-epochs", "15", "--learning-rate", "3e-3", "--logging-steps", "5",
            ] + more)
    }

    @Test func trainsEvaluatesAndPredicts() throws {
        let run = try trained(["--validation-split", "0.25", "--eval_strategy", "epoch", "--save-strategy", "no"])
        #expect(run.code == 0, "\(run.errors)")
        for name in [
            "config.json", "model.safetensors", "tokenizer.json", "vocab.txt", "trainer_state.json", "task.json",
            "train_results.json", "eval_results.json", "all_results.json",
        ] { #expect(folder.exists("out/\(name)"), "\(name)") }
        let all = try JSONValue(parsing: Data(contentsOf: folder.url.appending(path: "out/all_results.json")))
        for name in ["train_samples_per_second", "eval_samples_per_second", "eval_accuracy"] {
            #expect(all[name]?.doubleValue != nil, "\(name)")
        }
        #expect(all["train_samples"]?.intValue == 30)
        #expect(all["eval_samples"]?.intValue == 10)

        let out = folder.path("out")
        let evaluation = try TrainerProcess.run(["evaluate", "--model", out, "--file", train])
        #expect(evaluation.code == 0, "\(evaluation.errors)")
        let metrics = try JSONValue(parsing: evaluation.output)
        #expect((metrics["eval_accuracy"]?.doubleValue ?? 0) > 0.9)
        #expect(metrics["eval_loss"]?.doubleValue != nil)

        let predictions = try TrainerProcess.run(["predict", "--model", out, "--file", train])
        let lines = try predictions.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.count == 40)
        #expect(lines[0].objectValue?.keys == ["label", "score", "scores"])
        #expect(lines[0]["scores"]?.objectValue?.keys == ["bad", "good"])
        #expect(lines.prefix(4).compactMap { $0["label"]?.stringValue } == ["bad", "good", "bad", "good"])
        let sum = lines[0]["scores"]?.objectValue?.members.compactMap { $0.value.doubleValue }.reduce(0, +)
        #expect(abs((sum ?? 0) - 1) < 1e-9)
    }

    @Test func predictsStandardInputLineByLine() throws {
        #expect(try trained(["--save-strategy", "no"]).code == 0)
        let out = folder.path("out")
        let run = try TrainerProcess.run(["predict", "--model", out], input: "fine good film\ndull bad film\n\n")
        #expect(run.code == 0, "\(run.errors)")
        let labels = try run.output.split(separator: "\n").map {
            try JSONValue(parsing: String($0))["label"]?.stringValue
        }
        #expect(labels.count == 3)
        #expect(labels.prefix(2) == ["good", "bad"])
        // To a file, too.
        let file = folder.path("predictions.jsonl")
        #expect(try TrainerProcess.run(["predict", "--model", out, "--output", file], input: "good\n").code == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("{\"label\": "))
    }

    @Test func columnsAreStoredAndPairsWork() throws {
        let pairs = "first,second,kind\n" + (0..<12).map { "good \($0),film,\($0 % 2 == 0 ? "x" : "y")\n" }.joined()
        let file = try folder.write("pairs.csv", pairs)
        let out = folder.path("pairs")
        let run = try TrainerProcess.run([
            "train", "--model", model, "--train-file", file, "--output-dir", out, "--text-column", "first",
            "--text-pair-column", "second", "--label-column", "kind", "--max-length", "12", "--max-steps", "2",
            "--class-weights", "balanced", "--test-file", file, "--max-train-samples", "10",
        ])
        #expect(run.code == 0, "\(run.errors)")
        #expect(folder.exists("pairs/test_predictions.jsonl") && folder.exists("pairs/test_results.json"))
        #expect(try TrainerProcess.run(["evaluate", "--model", out, "--file", file]).code == 0)
        #expect(try TrainerProcess.run(["predict", "--model", out], input: "good\tfilm\n").code == 0)
        let missing = try TrainerProcess.run(["predict", "--model", out], input: "good\n")
        #expect(missing.code == 1 && missing.lastError.contains("line 1"))
    }

    @Test func theSameSeedGivesTheSameModel() throws {
        let weights = URL(filePath: folder.path("out/model.safetensors"))
        #expect(try trained(["--save-strategy", "no", "--seed", "3"]).code == 0)
        let first = try Data(contentsOf: weights)
        #expect(try trained(["--save-strategy", "no", "--seed", "3"]).code == 0)
        #expect(try Data(contentsOf: weights) == first)
        #expect(try trained(["--save-strategy", "no", "--seed", "4"]).code == 0)
        #expect(try Data(contentsOf: weights) != first)
    }

    @Test func inspectsModelsAndCheckpoints() throws {
        #expect(try trained(["--save-steps", "5", "--save-only-model"]).code == 0)
        let run = try TrainerProcess.run(["inspect", folder.path("out/checkpoint-5")])
        #expect(run.code == 0, "\(run.errors)")
        for text in [
            "BertForSequenceClassification", "bad, good", "step            5 of 75", "there is no optimizer.pt",
        ] {
            #expect(run.output.contains(text), "\(text)")
        }
    }

    @Test func tokenizes() throws {
        let file = try folder.write("texts.csv", "text\na good film\n[CLS] x\n")
        let run = try TrainerProcess.run([
            "tokenize", "--model", model, "--file", file, "--output", folder.path("t.jsonl"),
        ])
        #expect(run.code == 0, "\(run.errors)")
        let text = try String(contentsOfFile: folder.path("t.jsonl"), encoding: .utf8)
        let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.count == 2)
        #expect(lines[0].objectValue?.keys == ["input_ids", "token_type_ids", "tokens", "offsets"])
        #expect(lines[0]["tokens"]?.arrayValue?.compactMap(\.stringValue) == ["[CLS]", "a", "good", "film", "[SEP]"])
    }
}
