import OrderedJSON
import Testing
import Training

/// Entities against seqeval's, answers against SQuAD's scripts.
@Suite struct SequenceMetricsTests {
    @Test func equalsSeqeval() throws {
        let cases = try MetricsFixture.cases("sequences")
        #expect(cases.count == 24)
        for (number, record) in cases.enumerated() {
            let scheme = try #require(TaggingScheme(rawValue: record["scheme"]?.stringValue ?? ""))
            let predictions = record["predictions"]?.sentences ?? []
            let references = record["references"]?.sentences ?? []
            for (mode, want) in try #require(record["modes"]?.objectValue).members {
                let report = try EntityReport(
                    predictions: predictions, references: references, scheme: mode == "strict" ? scheme : nil,
                    suffix: record["suffix"]?.boolValue ?? false,
                    zeroDivision: ZeroDivision(named: record["zero"]?.stringValue))
                let place: Comment = "case \(number), \(scheme), \(mode)"
                let members = want.objectValue?.members.filter { $0.key != "text" } ?? []
                #expect(
                    members.map { $0.key } == report.types.map { $0.type } + [
                        "micro avg", "macro avg", "weighted avg",
                    ],
                    place)
                let scores = report.types.map { $0.scores } + [report.micro, report.macro, report.weighted]
                for (got, (_, wanted)) in zip(scores, members) {
                    expectScores(got, wanted, place)
                    #expect(Double(got.support) == wanted[3]?.doubleValue, place)
                }
                expectClose(report.accuracy, record["accuracy"])
                if let text = want["text"]?.stringValue { #expect(report.text(digits: 4) == text, place) }
            }
        }
    }

    @Test func findsTheScheme() throws {
        #expect(try TaggingScheme.detect(in: [["B-PER", "I-PER", "O"]]) == .iob2)
        #expect(try TaggingScheme.detect(in: [["E-PER", "I-PER", "O"]]) == .ioe2)
        #expect(try TaggingScheme.detect(in: [["B-PER", "E-PER"], ["S-LOC", "O"]]) == .iobes)
        #expect(try TaggingScheme.detect(in: [["PER-B", "PER-L"], ["LOC-U", "O"]], suffix: true) == .bilou)
        #expect(throws: MetricError.self) { try TaggingScheme.detect(in: [["I-PER", "O"]]) }
    }

    @Test func givesMetricsByName() throws {
        let report = try EntityReport(
            predictions: [["B-PER", "I-PER", "O", "B-LOC"]], references: [["B-PER", "I-PER", "O", "O"]])
        #expect(report.metrics().names == ["precision", "recall", "f1", "accuracy"])
        #expect(report.metrics()["precision"] == 0.5 && report.metrics()["accuracy"] == 0.75)
        #expect(
            report.metrics(entityLevel: true).names == [
                "LOC_precision", "LOC_recall", "LOC_f1", "LOC_number", "PER_precision", "PER_recall", "PER_f1",
                "PER_number", "overall_precision", "overall_recall", "overall_f1", "overall_accuracy",
            ])
    }

    @Test func refusesWhatDoesNotFit() {
        func message(_ predictions: [[String]], _ references: [[String]], _ scheme: TaggingScheme? = nil) -> String {
            do {
                _ = try EntityReport(predictions: predictions, references: references, scheme: scheme)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message([["O"]], [["O"], ["O"]]) == "seqeval: 1 predictions for 2 references")
        #expect(message([["O", "O"]], [["O"]]) == "seqeval: sentence 0: 2 predictions for 1 tokens")
        #expect(message([[]], [[]]) == "seqeval: there are no references")
        #expect(message([[""]], [["O"]]) == "seqeval: a tag is empty")
        #expect(
            message([["S-PER"]], [["O"]], .iob2)
                == "seqeval: sentence 0, token 0: the tag S-PER is none of the scheme IOB2")
    }

    @Test func equalsSquad() throws {
        let record = try MetricsFixture.record("answers")
        for pair in record["pairs"]?.arrayValue ?? [] {
            let (given, wanted) = (pair[0]?.stringValue ?? "", pair[1]?.stringValue ?? "")
            #expect(SquadMetrics.exactMatch(given, wanted) == (pair[2]?.intValue == 1), "\(given)|\(wanted)")
            expectClose(SquadMetrics.f1(given, wanted), pair[3], "\(given)|\(wanted)")
        }
        let first = try SquadMetrics.squad(
            predictions: record["squad"]?["predictions"]?.strings ?? [],
            references: record["squad"]?["references"]?.sentences ?? [])
        // torchmetrics adds up in float32.
        #expect(abs(first.exactMatch - (record["squad"]?["exact"]?.doubleValue ?? .nan)) < 1e-4)
        #expect(abs(first.f1 - (record["squad"]?["f1"]?.doubleValue ?? .nan)) < 1e-4)
        for record in record["squad_v2"]?.arrayValue ?? [] {
            let questions = (record["questions"]?.arrayValue ?? []).map {
                SquadQuestion(
                    prediction: $0[0]?.stringValue ?? "", noAnswerProbability: $0[1]?.doubleValue ?? 0,
                    answers: $0[2]?.strings ?? [])
            }
            let got = try SquadMetrics.squadV2(
                questions, noAnswerThreshold: try #require(record["threshold"]?.doubleValue))
            let want = record["result"]?.arrayValue ?? []
            #expect(got.names == want.map { $0[0]?.stringValue })
            for entry in want { expectClose(got[entry[0]?.stringValue ?? ""] ?? .nan, entry[1], "\(entry)") }
        }
        #expect(throws: MetricError.self) { try SquadMetrics.squad(predictions: ["a"], references: [[]]) }
        #expect(throws: MetricError.self) { try SquadMetrics.squadV2([]) }
    }
}
