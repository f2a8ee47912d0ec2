import Foundation
import OrderedJSON
import Testing
import Training

/// Scores of rows with several labels against scikit-learn's: scripts/fixtures/tasks/multi_label.py.
@Suite struct MultiLabelTests {
    private func isClose(_ number: Double, _ python: JSONValue) -> Bool {
        guard let wanted = python.doubleValue else { return number.isNaN }
        return abs(number - wanted) < 1e-12
    }

    private func matrix(_ json: JSONValue?) -> [[Double]] {
        (json?.arrayValue ?? []).map { $0.arrayValue?.compactMap(\.doubleValue) ?? [] }
    }

    @Test func equalsScikitLearn() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/multi_label.json")
        let cases = try #require(try JSONValue(parsing: Data(contentsOf: file)).arrayValue)
        #expect(cases.count == 24)
        for (index, record) in cases.enumerated() {
            let scores = matrix(record["scores"])
            let wanted = matrix(record["wanted"]).map { $0.map { $0 == 1 } }
            let zero: ZeroDivision =
                record["zero"]?.stringValue == "one" ? .one : record["zero"]?.stringValue == "nan" ? .nan : .zero
            let result = try MultiLabelScores(
                predictions: scores.map { $0.map { $0 > 0.5 } }, references: wanted, zeroDivision: zero)
            #expect(isClose(result.subsetAccuracy, record["accuracy"] ?? .null))
            #expect(isClose(result.hammingLoss, record["hamming"] ?? .null))
            for (name, values) in record["averages"]?.objectValue?.members ?? [] {
                let average = try #require(MultiLabelAverage(rawValue: name))
                let score = result.average(average)
                let numbers = [
                    score.precision, score.recall, score.fscore,
                    try rocAucScore(scores: scores, references: wanted, average: average),
                ]
                let python = values.arrayValue ?? []
                #expect(zip(numbers, python).allSatisfy { isClose($0, $1) }, "\(index), \(name): \(numbers), \(python)")
            }
            for (score, python) in zip(result.labels(), record["labels"]?.arrayValue ?? []) {
                let numbers = [score.precision, score.recall, score.fscore, Double(score.support)]
                #expect(zip(numbers, python.arrayValue ?? []).allSatisfy { isClose($0, $1) })
            }
        }
    }

    @Test func forTheTrainer() throws {
        let prediction = EvalPrediction(
            predictions: Tensor([[1, -1], [2, 3]] as [[Float]]), labelIds: Tensor([[1, 0], [0, 1]] as [[Float]]))
        let metrics = try MultiLabelMetrics().compute(prediction)
        #expect(metrics["accuracy"] == 0.5 && metrics["recall"] == 1 && metrics["roc_auc"] == 0.5)
        #expect(metrics["f1"].map { abs($0 - 0.8) < 1e-12 } == true)
        #expect(throws: MetricError.self) {
            try MultiLabelScores(predictions: [[true]], references: [[true, false]])
        }
    }

    @Test func tokensThatAreToldRight() throws {
        let labels = Tensor([[-100, 4, 5, -100]])
        let own = EvalPrediction(predictions: Tensor([[9, 4, 6, 5]]), labelIds: labels)
        #expect(try LanguageModelingMetrics().compute(own)["accuracy"] == 0.5)
        let next = EvalPrediction(predictions: Tensor([[4, 5, 6, 7]]), labelIds: labels)
        #expect(try LanguageModelingMetrics(predictsNext: true).compute(next)["accuracy"] == 1)
        let logits = Tensor([0, 1, 1, 0] as [Float], shape: [1, 2, 2])
        #expect(try LanguageModelingMetrics.preprocess(logits, nil).array(of: Int.self) == [1, 0])
        let wide = EvalPrediction(predictions: Tensor([[1, 2]]), labelIds: labels)
        #expect(throws: MetricError.self) { try LanguageModelingMetrics().compute(wide) }
    }
}
