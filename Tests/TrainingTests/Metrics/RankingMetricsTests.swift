import OrderedJSON
import Testing
import Training

/// Scores from probabilities, and of numbers, against scikit-learn's and SciPy's.
@Suite struct RankingMetricsTests {
    @Test func binaryEqualsScikitLearn() throws {
        for record in try MetricsFixture.cases("binary_ranking") {
            let scores = record["scores"]?.doubles ?? []
            let references = record["references"]?.ints ?? []
            expectClose(try rocAucScore(scores: scores, references: references, posLabel: 1), record["auc"])
            expectClose(try averagePrecisionScore(scores: scores, references: references, posLabel: 1), record["ap"])
            guard let want = record["log_loss"] else { continue }
            expectClose(try rocAucScore(scores: scores, references: references), record["auc"])
            let probabilities = record["probabilities"]?.doubles ?? []
            expectClose(try logLoss(probabilities: probabilities, references: references), want)
        }
    }

    @Test func severalClassesEqualScikitLearn() throws {
        for record in try MetricsFixture.cases("ranking") {
            let scores = record["scores"]?.rows ?? []
            let references = record["references"]?.ints ?? []
            let labels = record["labels"]?.ints
            for (key, want) in try #require(record["auc"]?.objectValue).members {
                let words = key.split(separator: " ").map { String($0) }
                let got = try rocAucScore(
                    scores: scores, references: references, multiClass: #require(MultiClass(rawValue: words[0])),
                    average: #require(MetricAverage(rawValue: words[1])), labels: labels)
                expectClose(got, want, "\(key)")
            }
            for (key, want) in try #require(record["ap"]?.objectValue).members {
                let got = try averagePrecisionScore(
                    scores: scores, references: references, average: #require(MetricAverage(rawValue: key)),
                    labels: labels)
                expectClose(got, want, "\(key)")
            }
            expectClose(
                try logLoss(probabilities: scores, references: references, labels: labels), record["log_loss"])
        }
    }

    @Test func regressionEqualsPython() throws {
        for record in try MetricsFixture.cases("regression") {
            let predictions = record["predictions"]?.doubles ?? []
            let references = record["references"]?.doubles ?? []
            expectClose(try meanSquaredError(predictions: predictions, references: references), record["mse"])
            expectClose(try rootMeanSquaredError(predictions: predictions, references: references), record["rmse"])
            expectClose(try meanAbsoluteError(predictions: predictions, references: references), record["mae"])
            expectClose(try r2Score(predictions: predictions, references: references), record["r2"])
            expectClose(try pearsonr(predictions: predictions, references: references), record["pearson"])
            expectClose(try spearmanr(predictions: predictions, references: references), record["spearman"])
            let (given, wanted) = (Tensor(predictions).reshape([-1, 1]), Tensor(references))
            expectClose(try meanSquaredError(predictions: given, references: wanted), record["mse"])
            expectClose(try meanAbsoluteError(predictions: given, references: wanted), record["mae"])
            expectClose(try r2Score(predictions: given, references: wanted), record["r2"])
            expectClose(try pearsonr(predictions: given, references: wanted), record["pearson"])
            expectClose(try spearmanr(predictions: given, references: wanted), record["spearman"])
        }
    }

    @Test func readsTensors() throws {
        let scores = Tensor([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]] as [[Double]])
        let labels = Tensor([0, 1, 2, 2])
        #expect(
            try rocAucScore(scores: scores, references: labels, multiClass: .ovr)
                == rocAucScore(
                    scores: [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]],
                    references: [0, 1, 2, 2], multiClass: .ovr))
        #expect(try logLoss(probabilities: scores, references: labels) > 0)
        #expect(try rocAucScore(scores: Tensor([0.1, 0.9]), references: Tensor([0, 1])) == 1)
        #expect(try averagePrecisionScore(scores: Tensor([0.1, 0.9]), references: Tensor([0, 1])) == 1)
    }

    @Test func refusesWhatDoesNotFit() {
        func message(_ body: () throws -> Double) -> String {
            do { return "\(try body())" } catch { return "\(error)" }
        }
        #expect(
            message { try rocAucScore(scores: [[2, 1], [0, 1]], references: [0, 1], multiClass: .ovr) }
                == "roc_auc: the scores of row 0 do not add up to 1; take the softmax of logits first")
        #expect(
            message { try rocAucScore(scores: [[0.5, 0.5]], references: [0], multiClass: .ovr) }
                == "roc_auc: row 0 has 2 scores for 1 classes; give labels where some do not occur")
        #expect(
            message { try rocAucScore(scores: [0.1, .nan], references: [0, 1]) }
                == "roc_auc: a score is not a finite number")
        #expect(
            message { try rocAucScore(scores: [0.1, 0.2, 0.3], references: [0, 1, 2]) }
                == "roc_auc: one score a row is for two classes, and there are 3")
        #expect(
            message { try rocAucScore(scores: [[1]], references: [0], multiClass: .ovo, average: .micro) }
                == "roc_auc: the average micro is not defined for ovo")
        #expect(
            message { try logLoss(probabilities: [[0.5, 0.5]], references: [3], labels: [0, 1]) }
                == "log_loss: the reference 3 is none of labels")
        #expect(
            message { try pearsonr(predictions: [1], references: [1]) }
                == "pearsonr: a correlation needs at least two rows")
        #expect(perplexity(0) == 1 && perplexity(1000) == .infinity)
    }
}
