import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// The tasks of `trainer train`, from a file to predictions, with the real program.
struct TaskCommandTests {
    let folder: TemporaryFolder
    let model: String

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel.make(in: folder)
    }

    private func train(_ file: String, _ more: [String]) throws -> TrainerProcess {
        try TrainerProcess.run(
            [
                "train", "--model", model, "--train-file", file, "--output-dir", folder.path("out"),
                "--num-train-epochs", "15", "--learning-rate", "5e-3", "--save-strategy", "no",
            ] + more)
    }

    private func json(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    private func evaluated(_ file: String) throws -> JSONValue {
        let run = try TrainerProcess.run(["evaluate", "--model", folder.path("out"), "--file", file])
        #expect(run.code == 0, "\(run.errors)")
        return try JSONValue(parsing: run.output)
    }

    // MARK: Tags of words

    private static let sentences = (0..<40).map { row in
        row % 2 == 0
            ? "the O\ngood B-film\nfilm I-film\ndull O\n" : "dull O\nthe O\nbad B-mood\n"
    }.joined(separator: "\n")

    @Test func tagsOfWords() throws {
        let file = try folder.write("train.conll", Self.sentences)
        let run = try train(file, ["--task", "token-classification", "--validation-split", "0.2", "--test-file", file])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("  [SEP]"), "a preview of the tokens")
        #expect(run.errors.contains("nothing is cut off"))
        let task = try JSONValue(parsing: Data(contentsOf: folder.url.appending(path: "out/task.json")))
        #expect(task["task"] == "token-classification")
        let configuration = try AutoConfig.fromPretrained(folder: folder.path("out"))
        #expect(configuration.labels == ["B-film", "B-mood", "I-film", "O"])
        #expect(configuration["architectures"] == ["BertForTokenClassification"])

        #expect((try evaluated(file)["eval_f1"]?.doubleValue ?? 0) > 0.95)
        let first = try json(
            String(contentsOf: folder.url.appending(path: "out/test_predictions.jsonl"), encoding: .utf8))[0]
        #expect(first["labels"] == ["O", "B-film", "I-film", "O"])
        #expect(first["entities"]?.arrayValue?.first?["entity_group"] == "film")
        #expect(first["entities"]?.arrayValue?.first?["word"] == "good film")

        let lines = try TrainerProcess.run(["predict", "--model", folder.path("out")], input: "the good film dull\n")
        let entity = try #require(try json(lines.output)[0]["entities"]?.arrayValue?.first)
        #expect(entity["start"] == 4 && entity["end"] == 13, "\(lines.output)")
        let rows = try TrainerProcess.run(["predict", "--model", folder.path("out"), "--file", file])
        #expect(try json(rows.output).count == 40)
    }

    @Test func allPiecesAndAnotherScheme() throws {
        let file = try folder.write(
            "train.bmes", Self.sentences.replacing("I-film", with: "E-film").replacing("B-mood", with: "S-mood"))
        let run = try train(
            file,
            [
                "--task", "token-classification", "--validation-file", file, "--tag-scheme", "BMES", "--convert-tags",
                "IOB2", "--label-all-tokens", "--return-entity-level-metrics",
            ])
        #expect(run.code == 0, "\(run.errors)")
        let configuration = try AutoConfig.fromPretrained(folder: folder.path("out"))
        #expect(configuration.labels == ["B-film", "B-mood", "I-film", "O"])
        let all = try JSONValue(parsing: Data(contentsOf: folder.url.appending(path: "out/all_results.json")))
        #expect((all["eval_overall_f1"]?.doubleValue ?? 0) > 0.95)
        #expect(all["eval_film_f1"] != nil)
    }

    @Test func wrongTagsAndFlagsAreNamed() throws {
        let file = try folder.write("train.conll", "good B-film\nfilm E-mood\n\ngood O\n")
        let wrong = try train(file, ["--task", "token-classification", "--tag-scheme", "BMES"])
        #expect(wrong.code == 1 && wrong.errors.contains("E-mood"), "\(wrong.errors)")
        let flag = try train(file, ["--task", "token-classification", "--class-weights", "balanced"])
        #expect(flag.code == 64 && flag.errors.contains("--class-weights is not for the task token-classification"))
        let task = try train(file, ["--task", "translation"])
        #expect(task.code == 64 && task.errors.contains("token-classification"), "\(task.errors)")
        let table = try folder.write("train.csv", "tokens,tags\na,b\n")
        let csv = try train(table, ["--task", "token-classification"])
        #expect(csv.code == 1 && csv.errors.contains("train.csv"), "\(csv.errors)")
    }

    // MARK: Numbers and sets of labels

    @Test func numbers() throws {
        let rows = (0..<40).map { $0 % 2 == 0 ? "dull bad film,0.25" : "fine good film,1.5" }
        let file = try folder.write("train.csv", "text,label\n" + rows.joined(separator: "\n") + "\n")
        let run = try train(file, ["--validation-file", file])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("regression"))
        let metrics = try evaluated(file)
        #expect((metrics["eval_pearson"]?.doubleValue ?? 0) > 0.9)
        #expect((metrics["eval_mse"]?.doubleValue ?? 1) < 0.2)
        let predictions = try TrainerProcess.run(["predict", "--model", folder.path("out"), "--file", file])
        let scores = try json(predictions.output).compactMap { $0["score"]?.doubleValue }
        #expect(scores.count == 40 && scores[1] > scores[0] + 0.5)
        let configuration = try AutoConfig.fromPretrained(folder: folder.path("out"))
        #expect(configuration["problem_type"] == "regression" && configuration.numLabels == 1)
    }

    @Test func setsOfLabels() throws {
        let rows = (0..<40).map { ["dull bad film;bad|dull", "fine good film;good", "a film;"][$0 % 3] }
        let file = try folder.write(
            "train.csv",
            "text;label\n".replacing(";", with: ",") + rows.map { $0.replacing(";", with: ",") }.joined(separator: "\n")
                + "\n")
        let run = try train(
            file,
            [
                "--validation-file", file, "--problem-type", "multi_label_classification", "--label-separator", "|",
                "--num-train-epochs", "100",
            ])
        #expect(run.code == 0, "\(run.errors)")
        let metrics = try evaluated(file)
        #expect((metrics["eval_f1"]?.doubleValue ?? 0) > 0.8)
        #expect(metrics["eval_accuracy"] != nil)
        let predictions = try TrainerProcess.run(["predict", "--model", folder.path("out"), "--file", file])
        #expect(try json(predictions.output)[0]["labels"] == ["bad", "dull"])
        let refused = try train(file, ["--problem-type", "multi_label_classification", "--class-weights", "balanced"])
        #expect(refused.code == 64 && refused.errors.contains("--class-weights"), "\(refused.errors)")
    }
}
