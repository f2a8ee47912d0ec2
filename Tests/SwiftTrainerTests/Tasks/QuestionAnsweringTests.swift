import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// Features and answers against Python's run_qa.py and postprocess_qa_predictions.
@Suite struct QuestionAnsweringTests {
    /// The numbers of scripts/fixtures/tasks/question_answering.py.
    private struct Draws {
        var state: UInt64

        mutating func logits(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(Double(state >> 40) / 16_777_216 * 12 - 6)
            }
        }
    }

    private func logits(_ features: QuestionAnsweringFeatures, state: Int) throws -> (starts: Tensor, ends: Tensor) {
        let width = (try features.dataset.column("input_ids") as [[Int32]]).map(\.count).max() ?? 0
        var draws = Draws(state: UInt64(state))
        let count = features.dataset.numRows
        let starts = (0..<count).map { _ in draws.logits(width) }
        return (Tensor(starts), Tensor((0..<count).map { _ in draws.logits(width) }))
    }

    private func dataset(_ examples: [JSONValue]) throws -> Dataset {
        let answers = examples.map { example in
            CellValue.structure(
                StructureValue([
                    ("text", .strings(example["answers"]?["text"]?.strings ?? [])),
                    ("answer_start", .ints(example["answers"]?["answer_start"]?.ints ?? [])),
                ]))
        }
        return try Dataset.from(dictionary: [
            "question": examples.map { $0["question"]?.stringValue ?? "" },
            "context": examples.map { $0["context"]?.stringValue ?? "" }, "answers": answers,
        ])
    }

    @Test(arguments: ["wordpiece-right", "wordpiece-left", "bytelevel-right"])
    func equalsPython(_ name: String) throws {
        let python = try #require(try TaskFixtures.json("question_answering.json")[name])
        let rows = try dataset(python["examples"]?.list ?? [])
        let encoder = try QuestionAnsweringEncoder(
            tokenizer: TaskFixtures.padding(name), maxLength: 48, docStride: 8, padToMaxLength: false)
        let features = try encoder.encode(rows)
        let wanted = python["features"]?.list ?? []
        #expect(features.exampleOfFeature == wanted.compactMap { $0["example"]?.intValue })
        #expect(wanted.count > rows.numRows)
        for (row, want) in zip(features.dataset, wanted) {
            #expect(try row["input_ids"] == want["ids"]?.int32s)
            #expect(try [row["start_positions"], row["end_positions"]] as [Int] == want["positions"]?.ints)
        }
        for run in python["runs"]?.list ?? [] {
            let options = run["options"]
            let selection = AnswerSelection {
                $0.version2WithNegative = options?["negative"]?.boolValue ?? false
                $0.nBestSize = options?["n_best"]?.intValue ?? 0
                $0.maxAnswerLength = options?["longest"]?.intValue ?? 0
                $0.nullScoreDiffThreshold = Float(options?["threshold"]?.doubleValue ?? 0)
            }
            let (starts, ends) = try logits(features, state: run["state"]?.intValue ?? 0)
            let answers = try features.answers(startLogits: starts, endLogits: ends, selection: selection)
            for (answer, want) in zip(answers, run["answers"]?.list ?? []) {
                #expect(answer.text == want["text"]?.stringValue)
                #expect(answer.nBest.count == want["count"]?.intValue)
                #expect(abs(Double(answer.scoreDiff ?? 0) - (want["odds"]?.doubleValue ?? 0)) < 1e-5)
                for (candidate, numbers) in zip(answer.nBest, want["best"]?.list ?? []) {
                    #expect(candidate.text == numbers.list[0].stringValue)
                    let given = [candidate.startLogit, candidate.endLogit, candidate.probability].map { Double($0) }
                    #expect(zip(given, numbers.list[1...].compactMap(\.doubleValue)).allSatisfy { abs($0 - $1) < 1e-6 })
                }
            }
            let metrics = try features.score(answers, AnswerSelection { $0.version2WithNegative = true })
            #expect(metrics["f1"].map { (0...100).contains($0) } == true)
        }
    }

    @Test(
        .enabled(if: TaskFixtures.shared("data/qa/xquad/xquad.en.json") != nil), arguments: ["en", "de", "zh"])
    func xquad(_ language: String) throws {
        let path = try #require(TaskFixtures.shared("data/qa/xquad/xquad.\(language).json"))
        let rows = try loadDataset(squad: path)["train"].take(100)
        let python = try #require(try TaskFixtures.json("question_answering.json")["xquad"]?[language])
        let tokenizer = try TaskFixtures.tokenizer("bytelevel", ["model_max_length": 400])
        let features = try QuestionAnsweringEncoder(tokenizer: tokenizer, maxLength: 400, docStride: 64).encode(rows)
        let positions: [[Int]] = try zip(
            features.dataset.column("start_positions") as [Int], features.dataset.column("end_positions") as [Int]
        ).map { [$0, $1] }
        #expect(positions == python["positions"]?.list.map(\.ints))
        let (starts, ends) = try logits(features, state: 9)
        let answers = try features.answers(startLogits: starts, endLogits: ends)
        #expect(answers.map(\.text) == python["texts"]?.strings)
        #expect(answers.map(\.id) == (try rows.column("id")))
        // Perfect scores give the right answers.
        let right = features.examples.map {
            AnswerPrediction(id: $0.id, text: $0.answers[0], nBest: [], scoreDiff: nil)
        }
        #expect(try features.score(right)["exact_match"] == 100)
    }

    @Test func writesPythonsFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "answers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let candidate = AnswerPrediction.Candidate(
            text: "Łódź", range: 0..<4, startLogit: 1.5, endLogit: 2, probability: 1)
        let answer = AnswerPrediction(id: "q", text: "Łódź", nBest: [candidate], scoreDiff: -0.5)
        try [answer].save(to: folder, prefix: "eval")
        let text = try String(contentsOf: folder.appending(path: "eval_predictions.json"), encoding: .utf8)
        #expect(text == "{\n    \"q\": \"\\u0141\\u00f3d\\u017a\"\n}\n")
        let odds = try String(contentsOf: folder.appending(path: "eval_null_odds.json"), encoding: .utf8)
        #expect(odds == "{\n    \"q\": -0.5\n}\n")
        let best = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "eval_nbest_predictions.json")))
        #expect(best["q"]?.list[0].objectValue?.keys == ["start_logit", "end_logit", "text", "probability"])
    }

    @Test func mistakes() throws {
        let tokenizer = try TaskFixtures.tokenizer("wordpiece")
        #expect(
            message { _ = try QuestionAnsweringEncoder(tokenizer: tokenizer, maxLength: 20, docStride: 20) }?
                .contains("docStride: 20 does not fit into 20 tokens") == true)
        let encoder = try QuestionAnsweringEncoder(tokenizer: tokenizer, maxLength: 16, docStride: 4)
        let long = try Dataset.from(dictionary: [
            "question": ["a", String(repeating: "in ", count: 30)], "context": ["the", "the"],
        ])
        #expect(message { _ = try encoder.encode(long) }?.contains("row 1: the question can't be encoded") == true)
        let beyond = try Dataset.from(dictionary: [
            "question": ["a"], "context": ["the"],
            "answers": [CellValue.structure(StructureValue([("text", ["x"]), ("answer_start", [9])]))],
        ])
        #expect(message { _ = try encoder.encode(beyond) }?.contains("does not start within the text") == true)
        let untold = try encoder.encode(try Dataset.from(dictionary: ["question": ["a"], "context": [""]]))
        #expect(!untold.hasAnswers && untold.dataset.numRows == 1)
        let answers = try untold.answers(
            startLogits: Tensor([[1, 2] as [Float]]), endLogits: Tensor([[1, 2] as [Float]]))
        #expect(answers[0].text == "empty")
        #expect(
            message { _ = try untold.answers(startLogits: Tensor([1 as Float]), endLogits: Tensor([1 as Float])) }?
                .contains("do not fit 1 features") == true)
    }
}
