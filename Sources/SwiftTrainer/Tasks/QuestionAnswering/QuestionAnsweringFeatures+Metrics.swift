public import Foundation
import OrderedJSON
public import Training

extension QuestionAnsweringFeatures {
    /// What the trainer calls with a model's predictions for these features: `exact_match` and `f1` as Hugging Face's
    /// metric `squad`, or the numbers of `squad_v2` where questions may have no answer.
    ///
    /// The model's outputs are `start_logits` and `end_logits`, or its first two.
    public func metrics(_ selection: AnswerSelection = AnswerSelection()) -> (EvalPrediction) throws -> Metrics {
        { prediction in
            let outputs = prediction.allPredictions
            guard let starts = prediction["start_logits"] ?? outputs.first,
                let ends = prediction["end_logits"] ?? outputs.dropFirst().first
            else {
                throw TaskError.argument(
                    name: "predictions", problem: "a model that answers questions gives start_logits and end_logits")
            }
            return try score(answers(startLogits: starts, endLogits: ends, selection: selection), selection)
        }
    }

    /// The metrics of answers, one for each question.
    ///
    /// - Throws: `MetricError` where there are no questions, or right answers are missing.
    public func score(
        _ answers: [AnswerPrediction], _ selection: AnswerSelection = AnswerSelection()
    ) throws -> Metrics {
        guard selection.version2WithNegative else {
            let (exact, f1) = try SquadMetrics.squad(
                predictions: answers.map(\.text), references: examples.map(\.answers))
            return ["exact_match": exact, "f1": f1]
        }
        return try SquadMetrics.squadV2(
            zip(answers, examples).map { SquadQuestion(prediction: $0.text, answers: $1.answers) })
    }
}

extension [AnswerPrediction] {
    /// Writes `predictions.json`, `nbest_predictions.json` and, where questions may have no answer, `null_odds.json`, as
    /// Python's `postprocess_qa_predictions` does.
    ///
    /// - Parameters:
    ///   - folder: an existing folder.
    ///   - prefix: put before the names: `eval` gives `eval_predictions.json`.
    /// - Throws: the system's error where a file can't be written.
    public func save(to folder: URL, prefix: String? = nil) throws {
        var (texts, best, odds) = (JSONObject(), JSONObject(), JSONObject())
        for answer in self {
            texts[answer.id] = .string(answer.text)
            best[answer.id] = .array(
                answer.nBest.map { candidate in
                    [
                        "start_logit": .double(Double(candidate.startLogit)),
                        "end_logit": .double(Double(candidate.endLogit)), "text": .string(candidate.text),
                        "probability": .double(Double(candidate.probability)),
                    ]
                })
            odds[answer.id] = answer.scoreDiff.map { .double(Double($0)) }
        }
        func write(_ name: String, _ object: JSONObject) throws {
            let file = folder.appending(path: (prefix.map { "\($0)_" } ?? "") + name)
            let text = JSONValue.object(object).serialized(JSONFormat(indent: 4)) + "\n"
            try Data(text.utf8).write(to: file, options: .atomic)
        }
        try write("predictions.json", texts)
        try write("nbest_predictions.json", best)
        if !odds.isEmpty { try write("null_odds.json", odds) }
    }
}
