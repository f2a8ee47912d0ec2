import OrderedJSON
import Testing
import Training

/// Scores of classes against scikit-learn's.
@Suite struct ClassificationMetricsTests {
    @Test func equalsScikitLearn() throws {
        let cases = try MetricsFixture.cases("classification")
        #expect(cases.count == 24)
        for (number, record) in cases.enumerated() {
            if record["references"]?[0]?.stringValue != nil {
                try compare(record, number) { $0.strings }
            } else {
                try compare(record, number) { $0.ints }
            }
        }
    }

    private func compare<Label: MetricLabel>(
        _ record: JSONValue, _ number: Int, _ read: (JSONValue) -> [Label]
    ) throws {
        let predictions = try read(#require(record["predictions"]))
        let references = try read(#require(record["references"]))
        let labels = record["labels"]?.arrayValue == nil ? nil : record["labels"].map(read)
        let zero = ZeroDivision(named: record["zero"]?.stringValue)
        for (key, want) in try #require(record["scores"]?.objectValue).members {
            let words = key.split(separator: " ")
            let average = try #require(MetricAverage(rawValue: String(words[0])))
            let beta = try #require(Double(words[1]))
            let got = try precisionRecallFscoreSupport(
                predictions: predictions, references: references, average: average, labels: labels, beta: beta,
                zeroDivision: zero)
            expectScores(got, want, "case \(number), \(key)")
            let fbeta = try fbetaScore(
                predictions: predictions, references: references, beta: beta, average: average, labels: labels,
                zeroDivision: zero)
            expectClose(fbeta, want[2])
            guard beta == 1 else { continue }
            expectClose(
                try precisionScore(
                    predictions: predictions, references: references, average: average, labels: labels,
                    zeroDivision: zero), want[0])
            expectClose(
                try recallScore(
                    predictions: predictions, references: references, average: average, labels: labels,
                    zeroDivision: zero), want[1])
            expectClose(
                try f1Score(
                    predictions: predictions, references: references, average: average, labels: labels,
                    zeroDivision: zero), want[2])
        }
        let each = try precisionRecallFscoreSupport(
            predictions: predictions, references: references, labels: labels, zeroDivision: zero)
        #expect(each.map { $0.scores.support } == record["classes"]?[3]?.ints)
        for (index, entry) in each.enumerated() {
            expectClose(entry.scores.precision, record["classes"]?[0]?[index])
            expectClose(entry.scores.recall, record["classes"]?[1]?[index])
            expectClose(entry.scores.fscore, record["classes"]?[2]?[index])
        }
        expectClose(try accuracyScore(predictions: predictions, references: references), record["accuracy"])
        expectClose(try balancedAccuracyScore(predictions: predictions, references: references), record["balanced"])
        expectClose(
            try matthewsCorrcoef(predictions: predictions, references: references), record["matthews"],
            "case \(number), matthews")
        let report = try ClassificationReport(
            predictions: predictions, references: references, labels: labels, zeroDivision: zero)
        if let text = record["report"]?.stringValue {
            #expect(report.text(digits: 3) == text, "case \(number)")
        }
        try compareConfusion(record, predictions, references, labels)
    }

    private func compareConfusion<Label: MetricLabel>(
        _ record: JSONValue, _ predictions: [Label], _ references: [Label], _ labels: [Label]?
    ) throws {
        guard let want = record["confusion"]?.arrayValue else {
            #expect(throws: MetricError.self) {
                try ConfusionMatrix(predictions: predictions, references: references, labels: labels)
            }
            return
        }
        let matrix = try ConfusionMatrix(predictions: predictions, references: references, labels: labels)
        #expect(matrix.counts == want.map { $0.ints })
        for kind in [ConfusionMatrix<Label>.Normalization.true, .pred, .all] {
            #expect(
                relativeDifference(
                    matrix.normalized(kind).flatMap { $0 }, record["normalized"]?[kind.rawValue]?.doubles ?? []) < 1e-12
            )
        }
    }

    @Test func readsTensors() throws {
        let logits = Tensor([[2.0, 1, 0], [0, 3, 1], [0, 1, 5], [9, 0, 0]] as [[Float]])
        let labels = Tensor([0, 1, -100, 2])
        let given = [0, 1, 0]
        let wanted = [0, 1, 2]
        #expect(
            try f1Score(predictions: logits, references: labels, average: .macro)
                == f1Score(predictions: given, references: wanted, average: .macro))
        #expect(
            try f1Score(predictions: logits.argmax(dim: -1), references: labels, average: .weighted)
                == f1Score(predictions: given, references: wanted, average: .weighted))
        #expect(
            try precisionScore(predictions: logits, references: labels, average: .micro)
                == recallScore(predictions: logits, references: labels, average: .micro))
        #expect(
            try ConfusionMatrix(predictions: logits, references: labels)
                == ConfusionMatrix(predictions: given, references: wanted))
        #expect(
            try ClassificationReport(predictions: logits, references: labels)
                == ClassificationReport(predictions: given, references: wanted))
        #expect(
            try matthewsCorrcoef(predictions: logits, references: labels)
                == matthewsCorrcoef(predictions: given, references: wanted))
        #expect(try accuracyScore(predictions: logits, references: labels) == 2.0 / 3)
        #expect(accuracy(logits.argmax(dim: -1), labels) == 2.0 / 3)
        #expect(
            try precisionRecallFscoreSupport(predictions: logits, references: labels, average: .micro).support == 3)
    }

    @Test func refusesWhatDoesNotFit() {
        func message(_ body: () throws -> Double) -> String {
            do { return "\(try body())" } catch { return "\(error)" }
        }
        #expect(
            message { try f1Score(predictions: [1], references: [1, 0]) } == "f1: 1 predictions for 2 references")
        #expect(message { try f1Score(predictions: [Int](), references: []) } == "f1: there are no references")
        #expect(
            message { try f1Score(predictions: [0, 1, 2], references: [0, 1, 2]) }
                == "f1: the average binary is for two classes, and there are 3; choose another")
        #expect(
            message { try f1Score(predictions: ["a", "b"], references: ["a", "b"]) }
                == "f1: the average binary needs posLabel, the positive class")
        #expect(
            message { try f1Score(predictions: [2, 3], references: [2, 3]) }
                == "f1: the positive class 1 is none of 2, 3")
        #expect(
            message { try f1Score(predictions: ["a", "b"], references: ["b", "b"], posLabel: "b") } == "\(2.0 / 3)")
        #expect(
            message { try fbetaScore(predictions: [1], references: [1], beta: -1) }
                == "fbeta: beta is -1.0, and must be 0 or more")
        #expect(
            message { try accuracyScore(predictions: Tensor([1.0, 2]), references: Tensor([[1, 2]] as [[Int]])) }
                == "accuracy: predictions of the shape [2] do not fit labels of [1, 2]")
        #expect(
            message { try accuracyScore(predictions: Tensor([1, 2]), references: Tensor([-100, -100])) }
                == "accuracy: there are no references")
        #expect(throws: MetricError.self) {
            try ClassificationReport(predictions: [1], references: [1], targetNames: ["a", "b"])
        }
        #expect(throws: MetricError.self) {
            try ConfusionMatrix(predictions: [1], references: [1], labels: [1, 1])
        }
    }

    @Test func printsConfusionMatrix() throws {
        let matrix = try ConfusionMatrix(predictions: ["cat", "dog", "cat"], references: ["cat", "cat", "dog"])
        #expect(matrix.description == "     cat  dog\ncat    1    1\ndog    1    0")
    }
}
