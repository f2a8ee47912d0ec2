import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Questions, hidden tokens and choices from a file to predictions, with the real program.
struct FurtherTaskCommandTests {
    let folder: TemporaryFolder
    let model: String

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel.make(in: folder)
    }

    private func train(_ task: String, _ file: String, _ more: [String]) throws -> TrainerProcess {
        try TrainerProcess.run(
            [
                "train", "--task", task, "--model", model, "--train-file", file, "--output-dir", folder.path("out"),
                "--num-train-epochs", "15", "--learning-rate", "1e-2", "--save-strategy", "no",
            ] + more)
    }

    private func json(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    private func output(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: "out/\(name)"), encoding: .utf8)
    }

    private func evaluated(_ file: String) throws -> JSONValue {
        let run = try TrainerProcess.run(["evaluate", "--model", folder.path("out"), "--file", file])
        #expect(run.code == 0, "\(run.errors)")
        return try JSONValue(parsing: run.output)
    }

    // MARK: Questions

    private func squad(_ count: Int) -> String {
        let questions = (0..<count).map { row in
            let (context, answer) = row % 2 == 0 ? ("the film a good the", "good") : ("a bad film the the", "bad")
            return """
                {"context": "\(context)", "qas": [{"id": "q\(row)", "question": "fine", "answers": \
                [{"text": "\(answer)", "answer_start": \(row % 2 == 0 ? 11 : 2)}]}]}
                """
        }
        return
            "{\"version\": \"1.1\", \"data\": [{\"title\": \"t\", \"paragraphs\": [\(questions.joined(separator: ","))]}]}"
    }

    @Test func questions() throws {
        let file = try folder.write("train.json", squad(40))
        let run = try train(
            "question-answering", file,
            [
                "--validation-split", "0.2", "--test-file", file, "--max-length", "16", "--doc-stride", "4",
                "--n-best-size", "7", "--max-answer-length", "5", "--null-score-diff-threshold", "0.1",
            ])
        #expect(run.code == 0, "\(run.errors)")
        let all = try JSONValue(parsing: output("all_results.json"))
        #expect((all["eval_exact_match"]?.doubleValue ?? 0) > 90, "\(all)")
        #expect(all["test_f1"] != nil && all["eval_samples"] == 8)
        let first = try json(output("test_predictions.jsonl"))[0]
        #expect(first["id"] == "q0" && first["answer"] == "good" && first["start"] == 11 && first["end"] == 15)
        #expect(try JSONValue(parsing: output("predict_predictions.json"))["q1"] == "bad")
        let task = try JSONValue(parsing: output("task.json"))
        #expect(task["doc_stride"] == 4 && task["n_best_size"] == 7 && task["max_answer_length"] == 5)
        #expect(task["null_score_diff_threshold"] == 0.1)
        // What is stored counts unless it is given again.
        let selection = try QuestionAnsweringPipeline(folder: folder.path("out")).selection
        #expect(selection.nBestSize == 7 && selection.maxAnswerLength == 5 && selection.nullScoreDiffThreshold == 0.1)
        for flags in [["--doc-stride", "2"], ["--n-best-size", "3", "--max-answer-length", "2"]] {
            let again = try TrainerProcess.run(["predict", "--model", folder.path("out"), "--file", file] + flags)
            #expect(try again.code == 0 && json(again.output).count == 40, "\(again.errors)")
        }
        let none = try TrainerProcess.run([
            "evaluate", "--model", folder.path("out"), "--file", file, "--n-best-size", "0",
        ])
        #expect(none.code == 1 && none.errors.contains("nBestSize"), "\(none.errors)")

        #expect((try evaluated(file)["eval_f1"]?.doubleValue ?? 0) > 90)
        let more = try folder.write("more.json", squad(10))
        #expect(try evaluated("\(file),\(more)")["eval_samples"] == 50)
        let answered = try TrainerProcess.run(
            ["predict", "--model", folder.path("out")], input: "fine\tthe bad film\n")
        #expect(try answered.code == 0 && json(answered.output)[0]["answer"] == "bad", "\(answered.errors)")
        let rows = try folder.write(
            "rows.jsonl", "{\"id\": 7, \"question\": \"fine\", \"context\": \"the good film\"}\n")
        let table = try TrainerProcess.run(["predict", "--model", folder.path("out"), "--file", rows])
        #expect(table.code == 0, "\(table.errors)")
        #expect(try json(table.output)[0]["answer"] == "good" && json(table.output)[0]["id"] == "7")
    }

    @Test func questionsWithoutAnswers() throws {
        let rows = try folder.write("rows.jsonl", "{\"question\": \"fine\", \"context\": \"the good film\"}\n")
        let run = try train("question-answering", rows, ["--max-length", "16", "--doc-stride", "4"])
        #expect(run.code == 1 && run.errors.contains("has no answers; --label-column"), "\(run.errors)")
        let long = try train("question-answering", rows, ["--max-length", "4096"])
        #expect(long.code == 64 && long.errors.contains("at most 32 tokens"), "\(long.errors)")
        let other = try folder.write("other.csv", "a,b\n1,2\n")
        let column = try train("question-answering", other, ["--max-length", "16", "--doc-stride", "4"])
        #expect(column.code == 1 && column.errors.contains("no column 'question'; --text-column"), "\(column.errors)")
    }

    // MARK: Hidden tokens

    @Test func hiddenTokens() throws {
        let file = try folder.write(
            "train.txt", [String](repeating: "the good film the dull mood\n\n", count: 60).joined())
        let run = try train(
            "masked-lm", file,
            ["--validation-file", file, "--max-length", "16", "--mlm-probability", "0.2", "--numerics", "reference"])
        #expect(run.code == 0, "\(run.errors)")
        let all = try JSONValue(parsing: output("all_results.json"))
        let (loss, perplexity) = (all["eval_loss"]?.doubleValue ?? 9, all["perplexity"]?.doubleValue ?? 0)
        #expect(loss < 2 && abs(exp(loss) - perplexity) < 1e-6 && all["eval_accuracy"] != nil, "\(all)")
        #expect(try AutoConfig.fromPretrained(folder: folder.path("out"))["architectures"] == ["BertForMaskedLM"])
        let filled = try TrainerProcess.run(
            ["predict", "--model", folder.path("out")], input: "the good [MASK] the dull\n")
        let words = try json(filled.output)[0].arrayValue ?? []
        #expect(
            words.count == 5 && words[0]["sequence"]?.stringValue?.hasPrefix("the good") == true,
            "\(filled.output) \(filled.errors)")
        #expect((try evaluated(file)["perplexity"]?.doubleValue ?? 99) < 8)
        let lines = try train(
            "masked-lm", file, ["--line-by-line", "--whole-word-mask", "--max-length", "8", "--max-steps", "2"])
        #expect(lines.code == 0 && lines.errors.contains("are 60 rows of up to 8 tokens"), "\(lines.errors)")
        // Blocks are counted, in training and in measuring.
        let few = try train(
            "masked-lm", file,
            [
                "--validation-file", file, "--max-length", "16", "--max-train-samples", "3", "--max-eval-samples", "2",
                "--max-steps", "1",
            ])
        let counts = try JSONValue(parsing: output("all_results.json"))
        #expect(counts["train_samples"] == 3 && counts["eval_samples"] == 2, "\(few.errors)")
        let measured = try TrainerProcess.run([
            "evaluate", "--model", folder.path("out"), "--file", file, "--max-eval-samples", "2",
        ])
        #expect(try JSONValue(parsing: measured.output)["eval_samples"] == 2, "\(measured.errors)")
        let test = try train("masked-lm", file, ["--test-file", file])
        #expect(test.code == 64 && test.errors.contains("--test-file is not for the task masked-lm"))
    }

    // MARK: Choices

    @Test func choices() throws {
        let rows = (0..<40).map { row in
            let endings = (0..<4).map { $0 == row % 4 ? "fine good" : "bad dull" }
            return "a film,the,\(endings.joined(separator: ",")),\(row % 4)\n"
        }
        let file = try folder.write(
            "train.csv", "sent1,sent2,ending0,ending1,ending2,ending3,label\n" + rows.joined())
        let run = try train(
            "multiple-choice", file, ["--validation-split", "0.2", "--test-file", file, "--max-length", "16"])
        #expect(run.code == 0, "\(run.errors)")
        let all = try JSONValue(parsing: output("all_results.json"))
        #expect((all["eval_accuracy"]?.doubleValue ?? 0) > 0.9, "\(all)")
        let lines = try json(output("test_predictions.jsonl"))
        #expect(lines.prefix(4).map { $0["label"]?.intValue } == [0, 1, 2, 3])
        #expect(lines[0]["scores"]?.arrayValue?.count == 4)
        #expect((try evaluated(file)["eval_accuracy"]?.doubleValue ?? 0) > 0.9)
        let one = try TrainerProcess.run(
            ["predict", "--model", folder.path("out")], input: "a film\tthe\tbad dull\tfine good\tbad dull\tbad dull\n")
        #expect(try one.code == 0 && json(one.output)[0]["label"] == 1, "\(one.output) \(one.errors)")
        let file2 = try folder.write("two.csv", "sent1,ending0,ending1,label\na,good,bad,5\n")
        let wrong = try train("multiple-choice", file2, ["--ending-columns", "ending0,ending1"])
        #expect(
            wrong.code == 1 && wrong.errors.contains("the label is 5, but there are the choices 0 to 1"),
            "\(wrong.errors)")
    }
}
